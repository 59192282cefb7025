import { lazy, Suspense } from 'react';

// Not needed for the first paint.
const Screen = lazy(() => import('./HistoryScreen.tsx').then((module) => ({ default: module.HistoryScreen })));

export function HistoryScreen() {
  return (
    <Suspense fallback={null}>
      <Screen />
    </Suspense>
  );
}
