/** The onboarding feature's door: the screens before a session has started. */
export { FolderDialog } from './FolderDialog.tsx';
export { StartScreen } from './StartScreen.tsx';
export { TrustDialog } from './TrustDialog.tsx';
export { Welcome } from './Welcome.tsx';
