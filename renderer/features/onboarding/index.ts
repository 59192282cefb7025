/** The onboarding feature's door: what stands before a session has begun. */
export { FolderDialog } from './FolderDialog.tsx';
export { StartScreen } from './StartScreen.tsx';
export { TrustDialog } from './TrustDialog.tsx';
export { Welcome } from './Welcome.tsx';
