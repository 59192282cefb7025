import { lazy, Suspense } from 'react';
import { useUi } from '../../stores/index.ts';

// Not needed for the first paint.
const Palette = lazy(() => import('./Palette.tsx').then((module) => ({ default: module.Palette })));

/** Shows the palette while it is open. */
export function PaletteHost() {
  const open = useUi((ui) => ui.paletteOpen);
  const setOpen = useUi((ui) => ui.setPaletteOpen);
  if (!open) return null;
  return (
    <Suspense fallback={null}>
      <Palette onClose={() => setOpen(false)} />
    </Suspense>
  );
}
