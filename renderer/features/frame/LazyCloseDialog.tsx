import { type ComponentProps, lazy, Suspense } from 'react';

const Loaded = lazy(() => import('./CloseDialog.tsx').then((module) => ({ default: module.CloseDialog })));

/** Loaded when something that runs is closed. */
export function LazyCloseDialog(props: ComponentProps<typeof Loaded>) {
  return (
    <Suspense fallback={null}>
      <Loaded {...props} />
    </Suspense>
  );
}
