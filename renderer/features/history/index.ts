/** The door of the list of sessions: its screen, and the session actions for other lists. */
export { HistoryScreen } from './LazyHistoryScreen.tsx';
export { HistoryShortcuts } from './HistoryShortcuts.tsx';
export { RenameDialog } from './RenameDialog.tsx';
export { SessionMenuItems, type SessionMenuItemsProps } from './SessionMenuItems.tsx';
export { type SessionCommands, useSessionCommands } from './use-session-commands.ts';
export { UndoToasts } from './UndoToasts.tsx';
