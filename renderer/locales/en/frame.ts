export const frame = {
  sidebar: 'Sessions',
  main: 'Session',
  status: 'Status',
  hideSidebar: 'Hide sidebar',
  showSidebar: 'Show sidebar',
  resizeSidebar: 'Sidebar width',
  settings: 'Settings',
  tasksPanel: 'Tasks panel',
  panel: 'Tasks and plan',
  closePanel: 'Close panel',
  tabTasks: 'Tasks',
  tabPlan: 'Plan',
  tabChanges: 'Changes',
  notices: 'Notifications',
  confirmInTerminal: 'Confirm this in the terminal that runs gantry serve.',
} as const;

/** What a key does, in the list of keyboard shortcuts. */
export const keys = {
  palette: 'Command palette',
  newSession: 'New session',
  openFolder: 'Open folder',
  settings: 'Settings',
  tasks: 'Tasks panel',
  composer: 'Focus message box',
  findEverywhere: 'Search all sessions',
  panes: 'Focus next part of the window',
  interrupt: 'Interrupt agent',
  leaveTerminal: 'Leave terminal',
  nextField: 'Next field',
  editing: 'Text editing',
  program: 'Browser or system shortcut',
} as const;

export const sidebar = {
  search: 'Search sessions',
  pinned: 'Pinned',
  newSession: 'New session',
  openFolder: 'Open folder',
  none: 'No sessions yet',
  noMatch: 'No matching sessions',
  noProject: 'No folder open',
  newIn: 'New session in {name}',
  projectMenu: 'More for {name}',
  sessionMenu: 'More for {title}',
  renameTitle: 'Rename session',
  title: 'Title',
  forget: 'Close folder',
  close: 'Close session',
  gone: 'This folder no longer exists. You can still read its sessions.',
  showAll: 'All sessions',
  searchAll: 'Search all sessions',
  state: { running: 'running', needs_you: 'needs input', unread: 'unread', idle: 'idle' },
} as const;

export const status = {
  context: 'context {percent} % of {window}',
  tasks: '{count, plural, one {# task running} other {# tasks running}}',
  untrusted: 'not trusted',
  noModel: 'no model',
} as const;

/** Read aloud, and shown as toasts. */
export const announce = {
  approval: 'Approval needed: {title}',
  taskEnded:
    'Background task {status, select, completed {finished} failed {failed} cancelled {was stopped} interrupted {ended with Gantry} stopping {is stopping} other {is running}}: {command}',
  question: 'The agent asks: {question}',
  plan: 'The agent has a plan for your approval: {question}',
  taskInBackground: 'In the background: {command}',
  turnEnded: {
    completed: 'Gantry has answered.',
    cancelled: 'The turn was stopped.',
    failed: 'The turn failed.',
    interrupted: 'The turn was interrupted.',
    max_turns: 'The turn reached its step limit.',
  },
  survivors:
    '{count, plural, one {A command from an earlier run is still running.} other {# commands from an earlier run are still running.}}',
  sessionClosed: 'Closed: {title}',
  sessionDeleted: 'Deleted: {title}',
  sessionRestored: 'Restored: {title}',
  sessionArchived: 'Archived: {title}',
  sessionUnarchived: 'Unarchived: {title}',
  itemGone: 'This message is no longer part of the session. The session was rewound or summarized.',
} as const;
