/** The onboarding feature's door: the screens before a session has started. */
import { lazy } from 'react';

export { FolderDialog } from './FolderDialog.tsx';
export { StartScreen } from './StartScreen.tsx';
export { useDemo } from './use-demo.ts';
export { Welcome } from './Welcome.tsx';
/** Not needed for the first paint; in a `Suspense`. */
export const TrustDialog = lazy(() => import('./TrustDialog.tsx').then((module) => ({ default: module.TrustDialog })));
