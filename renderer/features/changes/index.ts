/** The changes feature's door. */
import { lazy } from 'react';

// Not needed for the first paint; put it under a Suspense.
export const ChangesPanel = lazy(() => import('./ChangesPanel.tsx').then((module) => ({ default: module.ChangesPanel })));
