/** The sentences that no feature has in its own `*-strings.ts`, so that a second language can follow. Plain text, no markup. */
import type { ApprovalMode, ContextMeter, TaskStatus, ToolStatus, TurnEnd, TurnPhase } from '../preload/contract/index.ts';

const plural = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** "256 K", "1 M". */
export function formatTokens(tokens: number): string {
  if (tokens >= 1_000_000) return `${Number((tokens / 1_000_000).toFixed(1))} M`;
  if (tokens >= 1000) return `${Math.round(tokens / 1000)} K`;
  return String(tokens);
}

const taskEnded: Record<TaskStatus, string> = {
  starting: 'is starting',
  running: 'is running',
  stopping: 'is stopping',
  completed: 'finished',
  failed: 'failed',
  cancelled: 'was stopped',
  interrupted: 'ended with Gantry',
};

const turnEnded: Record<TurnEnd, string> = {
  completed: 'Gantry has answered.',
  cancelled: 'The turn was stopped.',
  failed: 'The turn failed.',
  interrupted: 'The turn was interrupted.',
  max_turns: 'The turn reached its limit of steps.',
};

const modes: Record<ApprovalMode, { name: string; detail: string }> = {
  plan: { name: 'Plan only', detail: 'Reads and plans. Changes nothing.' },
  default: { name: 'Ask before edits', detail: 'Edits and commands wait for your yes.' },
  'auto-edit': { name: 'Edit freely', detail: 'Edits go through. Commands wait for your yes.' },
  yolo: { name: 'Never ask', detail: 'Everything runs at once. For folders you can throw away.' },
};

const toolStatus: Record<ToolStatus, string> = {
  pending: 'waiting',
  awaiting_approval: 'needs you',
  running: 'running',
  success: 'done',
  error: 'failed',
  denied: 'denied',
  cancelled: 'cancelled',
};

const phase: Record<TurnPhase, string> = {
  preparing: 'Working',
  streaming: 'Working',
  awaiting_approval: 'Waiting for your answer',
  running_tools: 'Running tools',
  retrying: 'Trying again',
};

export const strings = {
  error: {
    unknown: 'The request failed and the host gave no reason. Its log may have one.',
    noFolder: 'Open a folder first: a session belongs to one.',
    crashTitle: 'This view ran into an error',
    crashDetail: 'The agent and its commands go on. Reloading brings the view back.',
    reload: 'Reload',
  },
  sessions: {
    untitled: 'New session',
    itemGone: 'This place is no longer part of the session: it was rewound, or summarized away.',
    deleted: (title: string) => `Deleted: ${title}`,
    restored: (title: string) => `Restored: ${title}`,
    archived: (title: string) => `Archived: ${title}`,
    unarchived: (title: string) => `Brought back: ${title}`,
  },
  announce: {
    approval: (title: string) => `Needs you: ${title}`,
    taskEnded: (command: string, status: TaskStatus) => `Background task ${taskEnded[status]}: ${command}`,
    question: (question: string, isPlan: boolean) =>
      isPlan ? `The agent has a plan and waits for you: ${question}` : `The agent asks: ${question}`,
    taskInBackground: (command: string) => `In the background: ${command}`,
    turnEnded,
    survivors: (n: number) =>
      n === 1 ? 'A command of an earlier run is still running.' : `${n} commands of an earlier run are still running.`,
  },
  modes,
  frame: {
    sidebar: 'Sessions',
    main: 'Session',
    status: 'Status',
    hideSidebar: 'Hide sidebar',
    showSidebar: 'Show sidebar',
    resizeSidebar: 'Width of the sidebar',
    settings: 'Settings',
    tasksPanel: 'Tasks panel',
    panel: 'Tasks and plan',
    closePanel: 'Close panel',
    tabTasks: 'Tasks',
    tabPlan: 'Plan',
    tabChanges: 'Changes',
    dismiss: 'Dismiss',
    notices: 'Notices',
  },
  keys: {
    palette: 'Everything by name',
    newSession: 'New session',
    openFolder: 'Open a folder',
    settings: 'Settings, and back',
    tasks: 'Tasks panel',
    composer: 'Write to the agent',
    findEverywhere: 'Find in all sessions, and back',
    panes: 'Next part of the window',
    interrupt: 'Interrupt the agent',
    leaveTerminal: 'Leave a terminal',
    nextField: 'next field',
    editing: 'editing text',
    program: 'the browser or the system',
  },
  sidebar: {
    search: 'Search sessions',
    pinned: 'Pinned',
    newSession: 'New session',
    openFolder: 'Open folder',
    none: 'No session yet',
    noMatch: 'No session has this in its title.',
    noProject: 'No folder is open.',
    newIn: (name: string) => `New session in ${name}`,
    projectMenu: (name: string) => `More for ${name}`,
    sessionMenu: (title: string) => `More for ${title}`,
    renameTitle: 'Rename session',
    title: 'Title',
    save: 'Save',
    cancel: 'Cancel',
    forget: 'Close folder',
    close: 'Close session',
    gone: 'This folder is gone. Its sessions can still be read.',
    untitled: 'New session',
    showAll: 'All sessions',
    searchAll: 'Search everything',
    state: { running: 'running', needs_you: 'needs you', unread: 'unread', idle: 'idle' },
  },
  closing: {
    title: (what: string) => `Close ${what}?`,
    runs: (count: number) =>
      count === 1 ? 'A command is still running. It is stopped first:' : `${count} commands are still running. They are stopped first:`,
    works: 'The agent is still at work. It is interrupted.',
    more: (count: number) => `and ${count} more`,
    stop: (count: number) => (count === 0 ? 'Interrupt and close' : count === 1 ? 'Stop it and close' : 'Stop them and close'),
    cancel: 'Cancel',
    closed: (title: string) => `Closed: ${title}`,
  },
  status: {
    context: (percent: number, meter: ContextMeter) => `context ${percent} % of ${formatTokens(meter.windowTokens)}`,
    tasks: (count: number) => `${plural(count, 'task')} running`,
    untrusted: 'not trusted',
    noModel: 'no model',
  },
  session: {
    heldBy: ({ pid, host }: { pid: number; host: string }) =>
      `Another program (${host}, process ${pid}) has this session open. You can read it here. To write, close it there.`,
    tryAgain: 'Try again',
    stillHeld: ({ pid, host }: { pid: number; host: string }) =>
      `The session is still open in ${host} (process ${pid}). Close it there. If that program does not respond, end its process.`,
    branchedFrom: (title: string) => `Branched from “${title}”`,
    branchedFromOther: 'Branched from another session',
    openOrigin: 'Open it',
    forgetOrigin: 'Hide where this came from',
    messageMenu: 'More for this message',
    copyMessage: 'Copy',
    editMessage: 'Edit and resend…',
    rewindHere: 'Rewind to before this…',
    branchHere: 'Branch from here',
    busy: 'Wait for the turn to end, or stop it, to rewind.',
    rewindTitle: 'Rewind the session?',
    editTitle: 'Edit this message and go on from it?',
    goes: ({ prompts, answers, calls }: { prompts: number; answers: number; calls: number }) =>
      [
        plural(prompts, 'message of yours', 'messages of yours'),
        ...(answers > 0 ? [plural(answers, 'answer')] : []),
        ...(calls > 0 ? [plural(calls, 'tool call')] : []),
      ].join(', '),
    goesLead: 'This message and all that came after it leave the session:',
    editDetail: 'Your message comes back into the composer, to be changed and sent again.',
    filesToo: 'Undo what the agent has changed in files since then',
    filesGoBack: 'Files that somebody has changed again stay as they are, and so does what commands have changed.',
    filesStay: 'Files on disk stay as they are now: what the agent has changed is not undone.',
    fileKeeps: 'To keep both ways, branch instead: this session then stays whole.',
    rewind: 'Rewind',
    editAndResend: 'Rewind and edit',
    branchInstead: 'Branch instead',
  },
  transcript: {
    label: 'Transcript',
    loading: 'Opening the session',
    newOutput: 'New output',
    toEnd: 'To the end',
    finding: 'Going back to the place that was found',
    you: 'You',
    gantry: 'Gantry',
    thinking: 'Thinking…',
    thought: 'Thinking',
    showLess: 'Show less',
    showMoreLines: 'Show more',
    showAllLines: (lines: number) => `Show all ${lines} lines`,
  },
  turn: {
    phase,
    retry: (attempt: number, seconds: number) => `Attempt ${attempt} in ${seconds} s.`,
    tryNow: 'Try now',
    stop: 'Stop',
  },
  tool: {
    status: toolStatus,
    explored: 'Explored',
    looks: ({ files, searches }: { files: number; searches: number }) =>
      [files > 0 ? plural(files, 'file') : '', searches > 0 ? plural(searches, 'search', 'searches') : ''].filter(Boolean).join(', '),
  },
  diff: {
    label: (path: string) => `Changes in ${path}`,
    showAll: (rows: number) => `Show all ${rows} lines`,
    truncated: 'The change is longer than what is shown.',
  },
  code: { plain: 'text', copy: 'Copy code' },
  plan: {
    none: 'No plan yet',
    noneDetail: 'When the agent works through a list, it stands here.',
    done: (done: number, all: number) => `${done} of ${all} done`,
    status: { pending: 'To do', in_progress: 'In progress', completed: 'Done' },
  },
  notice: { openModels: 'Open models', retry: 'Try again', openTask: 'Open' },
  composer: {
    label: 'Message',
    placeholder: 'Ask about this folder, or say what to change',
    send: 'Send',
    queue: 'Send when this turn ends',
    stop: 'Stop',
    run: 'Run',
    shellHint: 'Runs in this folder, without the agent. It reads the output with your next message.',
    shellBusy: 'Runs when nothing else does: wait, or stop what runs.',
    mode: (name: string) => `Mode: ${name}`,
    model: (name: string) => `Model: ${name}`,
    chooseModel: 'Choose a model',
    keyMissing: 'no key yet',
    manageModels: 'Models and keys',
    contextLabel: 'Context used',
    context: ({ usedTokens, windowTokens }: ContextMeter) => `${formatTokens(usedTokens)} of ${formatTokens(windowTokens)} tokens used`,
  },
} as const;
