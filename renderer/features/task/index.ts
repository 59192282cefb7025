/** The door of the live terminals: the parts that the rest of the window mounts. */
export { failureText, toolProblem } from './task-failure.ts';
export { chordLabel, chordOf, chordProblem, type ChordProblem, DEFAULT_PROMOTE_KEY } from './key-chord.ts';
export { NotifyBell } from './NotifyBell.tsx';
export { TaskNotifications } from './TaskNotifications.tsx';
export { ShellCard } from './shell/ShellCard.tsx';
export { TaskShortcuts } from './TaskShortcuts.tsx';
export { TasksPanel } from './TasksPanel.tsx';
export { useTaskActions } from './use-task-actions.ts';
export { toolVerb } from './tool-verb.ts';
export { TaskStrip } from './TaskStrip.tsx';
export { setTerminalScreenReader, useTerminalScreenReader } from './terminal/terminal-preferences.ts';
export { usePromoteKey } from './use-promote-key.ts';
