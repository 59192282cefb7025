/** The frame's door: the parts around a session. */
export { Announcer } from './Announcer.tsx';
export { ErrorBoundary } from './ErrorBoundary.tsx';
export { RightPanel } from './RightPanel.tsx';
export { Sidebar } from './Sidebar.tsx';
export { StatusBar } from './StatusBar.tsx';
export { TitleBar } from './TitleBar.tsx';
export { Toasts } from './Toasts.tsx';
export { useLeaveGuard } from './use-leave-guard.ts';
export { useSeen } from './use-seen.ts';
export { useShortcuts } from './use-shortcuts.ts';
export { useTheme } from './use-theme.ts';
export { useTitle } from './use-title.ts';
export { FIXED_KEYS, type KeyAction, TAKEN_CHORDS } from './window-keys.ts';
