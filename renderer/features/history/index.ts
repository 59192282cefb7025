/** The door of the list of sessions: its screen, and what a session offers wherever it is listed. */
export { HistoryScreen } from './LazyHistoryScreen.tsx';
export { HistoryShortcuts } from './HistoryShortcuts.tsx';
export { RenameDialog } from './RenameDialog.tsx';
export { SessionMenuItems, type SessionMenuItemsProps } from './SessionMenuItems.tsx';
export { type SessionCommands, useSessionCommands } from './use-session-commands.ts';
export { UndoToasts } from './UndoToasts.tsx';
