/** Every English sentence of the window in one place, so that a second language can follow. Plain text, no markup. */
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
  announce: {
    approval: (title: string) => `Needs you: ${title}`,
    taskEnded: (command: string, status: TaskStatus) => `Background task ${taskEnded[status]}: ${command}`,
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
    dismiss: 'Dismiss',
    notices: 'Notices',
  },
  keys: {
    newSession: 'New session',
    openFolder: 'Open a folder',
    settings: 'Settings, and back',
    tasks: 'Tasks panel',
    composer: 'Write to the agent',
    panes: 'Next part of the window',
    interrupt: 'Interrupt the agent',
    leaveTerminal: 'Leave a terminal',
    nextField: 'next field',
    editing: 'editing text',
    program: 'the browser or the system',
  },
  sidebar: {
    search: 'Search sessions',
    newSession: 'New session',
    openFolder: 'Open folder',
    none: 'No session yet',
    noMatch: 'No session has this in its title.',
    noProject: 'No folder is open.',
    newIn: (name: string) => `New session in ${name}`,
    projectMenu: (name: string) => `More for ${name}`,
    sessionMenu: (title: string) => `More for ${title}`,
    rename: 'Rename',
    renameTitle: 'Rename session',
    title: 'Title',
    save: 'Save',
    cancel: 'Cancel',
    forget: 'Close folder',
    close: 'Close session',
    gone: 'This folder is gone. Its sessions can still be read.',
    untitled: 'New session',
    showMore: (count: number) => `Show ${count} more`,
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
      `Another Gantry (${host}, process ${pid}) is writing this session. You can read it here; to write, close it there.`,
  },
  transcript: {
    label: 'Transcript',
    loading: 'Opening the session',
    newOutput: 'New output',
    toEnd: 'To the end',
    you: 'You',
    gantry: 'Gantry',
    thinking: 'Thinking…',
    thought: 'Thinking',
    queued: 'waits',
    removeQueued: 'Remove from the queue',
    showLess: 'Show less',
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
  approval: {
    label: (title: string) => `Needs you: ${title}`,
    needsYou: 'Needs you',
    oneOf: (count: number) => `1 of ${count}`,
    allowOnce: 'Allow once',
    allowSession: 'For this session',
    deny: 'Deny',
    denyWithNote: 'Deny with a note',
    note: 'Note to the agent',
    notePlaceholder: 'What should it do instead?',
    sendDenial: 'Deny',
    back: 'Back',
    command: 'Command',
    inFolder: (cwd: string) => `in ${cwd}`,
  },
  composer: {
    label: 'Message',
    placeholder: 'Ask about this folder, or say what to change',
    placeholderRunning: 'Write on: it is sent when this turn ends',
    send: 'Send',
    queue: 'Send when this turn ends',
    stop: 'Stop',
    run: 'Run',
    placeholderShell: 'A command for your shell',
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
  connection: {
    label: 'Connection',
    lost: (seconds: number) =>
      seconds > 0 ? `The connection is lost. Trying again in ${seconds} s.` : 'The connection is lost. Trying again.',
    lostDetail: 'The window catches up as soon as it is back.',
    reload: 'Reload',
    mismatch: 'This window and its host are different versions',
    mismatchDetail: 'Reload to get the matching window. If that does not help, restart Gantry.',
    noToken: 'This address needs its access token',
    noTokenDetail: 'Open the link that gantry serve printed in the terminal: it ends in #token=… and works until the server stops.',
    refused: 'The host refused this window',
  },
  welcome: {
    title: 'Welcome to Gantry',
    intro: 'An agent that works in your folders. Every command it runs is a live terminal you can watch, answer, stop or move aside.',
    step: (number: number, of: number) => `Step ${number} of ${of}`,
    done: 'done',
    connectTitle: 'Connect a model',
    connectDetail: 'A provider and its key, or a local server. Keys stay on this computer.',
    connect: 'Connect a model',
    demo: 'Try the offline demo',
    connected: (name: string) => `Uses ${name}`,
    change: 'Change',
    askTitle: 'How much to ask',
    askDetail: 'You can change this at any time, for each session.',
    folderTitle: 'Open a folder',
    folderDetail: 'The agent reads and works in there. Nothing changes without your yes unless you say so.',
    folder: 'Open folder',
  },
  folder: {
    title: 'Open a folder',
    detail: 'The path of a folder on the computer that Gantry runs on.',
    path: 'Path',
    open: 'Open',
    cancel: 'Cancel',
    suggestions: 'Folders',
  },
  trust: {
    title: (name: string) => `Do you trust ${name}?`,
    detail: 'A folder can bring files that tell the agent what to do and which programs to start.',
    brings: 'This one brings:',
    bringsNothing: 'This one brings none right now; what is added later counts too.',
    untrusted:
      'If you do not trust it, Gantry leaves those files aside. You can still read, edit and run commands, and decide again later.',
    trust: 'Trust this folder',
    distrust: 'Do not trust',
  },
  start: {
    title: (name: string) => `What shall we do in ${name}?`,
    noModel: 'No model is chosen yet.',
    starters: [
      'Explain how this project is built and run',
      'Find and fix a bug with a failing test',
      'Run the tests and tell me what fails',
      'Review my uncommitted changes',
    ],
    startersLabel: 'Suggestions',
  },
} as const;
