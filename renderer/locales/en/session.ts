export const session = {
  heldBy: 'This session is open in another program ({host}, process {pid}). You can read it here. To send messages, close it there.',
  stillHeld: 'The session is still open in {host} (process {pid}). Close it there. If that program does not respond, end its process.',
  branchedFrom: 'Branched from “{title}”',
  branchedFromOther: 'Branched from another session',
  openOrigin: 'Open original',
  messageMenu: 'More for this message',
  editMessage: 'Edit and resend…',
  rewindHere: 'Rewind to before this…',
  branchHere: 'Branch from here',
  busy: 'To rewind, wait for the turn to end or stop it.',
  rewindTitle: 'Rewind the session?',
  editTitle: 'Edit this message and continue from it?',
  goes: '{prompts, plural, one {# message from you} other {# messages from you}}{answers, plural, =0 {} one {, # answer} other {, # answers}}{calls, plural, =0 {} one {, # tool call} other {, # tool calls}}',
  goesLead: 'This message and everything after it are removed from the session:',
  editDetail: 'Your message returns to the message box, where you can change it and send it again.',
  filesToo: 'Undo the agent’s file changes since this message',
  filesGoBack: 'Files that have changed again since then stay as they are. So do changes made by commands.',
  filesStay: 'Files on disk stay as they are. The agent’s changes are not undone.',
  fileKeeps: 'To keep both versions, branch instead. This session then stays as it is.',
  rewind: 'Rewind',
  editAndResend: 'Rewind and edit',
  branchInstead: 'Branch instead',
} as const;

export const transcript = {
  label: 'Transcript',
  loading: 'Opening session',
  newOutput: 'New output',
  toEnd: 'Scroll to bottom',
  finding: 'Loading the search result',
  you: 'You',
  gantry: 'Gantry',
  thinking: 'Thinking…',
  thought: 'Thinking',
  showLess: 'Show less',
  showMoreLines: 'Show more',
  showAllLines: 'Show all {lines, number} lines',
} as const;

/** A text that is too long for its row. */
export const longText = {
  shown: 'First {shown} of {total}',
  open: 'Show full text',
  answer: 'Full answer',
  prompt: 'Full prompt',
  thinking: 'Full thinking',
  loading: 'Loading text',
  text: 'Text',
  first: 'First page',
  previous: 'Previous page',
  next: 'Next page',
  last: 'Last page',
  page: 'Page {page} of {pages}',
  save: 'Save as file',
} as const;

export const turn = {
  phase: {
    preparing: 'Working',
    streaming: 'Working',
    awaiting_approval: 'Waiting for your answer',
    running_tools: 'Running tools',
    retrying: 'Retrying',
  },
  retry: 'Attempt {attempt} in {seconds} s',
  tryNow: 'Retry now',
} as const;

export const tool = {
  status: {
    pending: 'waiting',
    awaiting_approval: 'approval needed',
    running: 'running',
    success: 'done',
    error: 'failed',
    denied: 'denied',
    cancelled: 'cancelled',
  },
  /** Why there is no result. */
  problem: {
    interrupted: 'Interrupted: Gantry ended before this finished.',
    not_run: 'Not run: Gantry ended before you answered.',
    cancelled: 'Cancelled',
    refused: 'Refused by you',
  },
  /** Before the target of a call that has run, or tried to. */
  done: {
    answer: 'Answered',
    ask: 'Asked',
    ask_agent: 'Asked',
    call: 'Called',
    edit: 'Edited',
    enter: 'Entered',
    fetch: 'Fetched',
    find_tools: 'Looked for tools',
    list: 'Listed',
    load_skill: 'Loaded skill',
    message: 'Messaged',
    monitor: 'Monitored',
    plan: 'Planned',
    present: 'Presented',
    read: 'Read',
    read_output: 'Read output of',
    remember: 'Remembered',
    run: 'Ran',
    search: 'Searched',
    start: 'Started',
    stop: 'Stopped',
    user_run: 'You ran',
    write: 'Wrote',
  },
  /** Before the target of a call that has not finished, or was not run. */
  doing: {
    answer: 'Answer',
    ask: 'Ask',
    ask_agent: 'Ask',
    call: 'Call',
    edit: 'Edit',
    enter: 'Enter',
    fetch: 'Fetch',
    find_tools: 'Look for tools',
    list: 'List',
    load_skill: 'Load skill',
    message: 'Message',
    monitor: 'Monitor',
    plan: 'Plan',
    present: 'Present',
    read: 'Read',
    read_output: 'Read output of',
    remember: 'Remember',
    run: 'Run',
    search: 'Search',
    start: 'Start',
    stop: 'Stop',
    user_run: 'You ran',
    write: 'Write',
  },
  explored: 'Explored',
  looks:
    '{files, plural, =0 {{searches, plural, one {# search} other {# searches}}} one {# file{searches, plural, =0 {} one {, # search} other {, # searches}}} other {# files{searches, plural, =0 {} one {, # search} other {, # searches}}}}',
} as const;

export const subagent = {
  steps: '{count, plural, one {# step} other {# steps}}',
  label: 'Subagent steps: {target}',
  stop: 'Stop subagent: {target}',
} as const;

export const diff = {
  label: 'Changes in {path}',
  showAll: 'Show all {rows, number} lines',
  truncated: 'Only a part of the change is shown.',
} as const;

export const code = { plain: 'text', copy: 'Copy code' } as const;

export const plan = {
  none: 'No plan yet',
  noneDetail: 'When the agent works through a list of steps, the list appears here.',
  done: '{done} of {all} done',
  status: { pending: 'To do', in_progress: 'In progress', completed: 'Done' },
} as const;

export const notice = {
  openModels: 'Open models',
  turnInterrupted: 'The last turn did not finish.',
  damagedLines:
    '{count, plural, one {# line of this session’s file could not be read and was skipped.} other {# lines of this session’s file could not be read and were skipped.}}',
  damagedFirst: 'The first is line {line}.',
  damagedGaps: '{count, plural, one {A message is missing between two others.} other {Messages are missing in # places.}}',
  damagedForeign: '{count, plural, one {# record was written in another folder.} other {# records were written in another folder.}}',
  commandsStopped: 'Gantry ended unexpectedly. {count, plural, one {# command was} other {# commands were}} stopped: {names}',
  commandsStoppedMore:
    'Gantry ended unexpectedly. {count, plural, one {# command was} other {# commands were}} stopped: {names}, and {more} more',
  serversStarting:
    '{count, plural, one {The MCP server {names} is not ready yet. Its tools appear when it is.} other {The MCP servers {names} are not ready yet. Their tools appear when they are.}}',
  timeLimit: 'Stopped after {seconds} s, the limit of model.maxWallTimeSeconds in the settings.',
  requestLimit: 'Stopped after {count, plural, one {# request} other {# requests}} to the model, which is the limit of this run.',
  memoryLeftOut: '{count, plural, one {One import or memory file was not read.} other {# imports or memory files were not read.}}',
  report: {
    task: '{name} ended: {end}',
    monitor: '{name}: {lines}',
    monitorEnded: '{name}: {lines}; ended: {end}',
    limit: '{name}: {end}',
    monitorLimit: '{name}: {lines}; {end}',
    lines: '{count, plural, one {# line} other {# lines}}{dropped, plural, =0 {} other { (# more in the output file only)}}',
    done: 'done',
    stopped: 'stopped',
    interrupted: 'stopped when Gantry ended',
    exited: 'exited {code}',
    lineLimit: 'stopped at its limit of {count, plural, one {# line} other {# lines}}',
    idle: 'stopped after {seconds} s without output',
  },
  compacted: 'Earlier conversation was summarized to free context.',
  compactedTokens: 'Earlier conversation was summarized: {before, number} → {after, number} tokens.',
  kept: '{last, select, prompts {Kept: the summary, the last {prompts, plural, one {prompt} other {# prompts}} with what followed{files, plural, =0 {} one {, the paths of # file} other {, the paths of # files}}.} steps {Kept: the summary, the last steps of the running turn{files, plural, =0 {} one {, the paths of # file} other {, the paths of # files}}.} other {Kept: the summary{files, plural, =0 {} one {, the paths of # file} other {, the paths of # files}}.}} The whole conversation can still be read here.',
  notCompacted: 'The conversation could not be summarized and was not changed: {problem}',
  notCompactedRetry: 'The conversation could not be summarized and was not changed: {problem} To try again, use /compress.',
  compactionProblem: {
    longer: 'The summary was longer than the messages it would replace.',
    unfinished: 'The answer ended without an end marker.',
    too_long: 'The summary did not fit into one answer.',
    empty: 'The model sent no summary.',
  },
  unread: '@{path} was not read: {cause}',
  unreadDetail: 'The agent can read it with its own tools.',
  unreadCause: {
    outside: 'it is outside this folder.',
    denied: 'your permission rules deny it, or require approval.',
    secret: 'files like this contain keys or passwords.',
    git: 'it belongs to Git.',
    ignored: 'an ignore file (.gitignore or .qwenignore) names it.',
    not_a_file: 'it is not a file.',
    no_room: 'the files of this message exceed the limit together.',
    folder_outside: 'folders are listed only inside the project.',
    too_large: 'it is larger than {megabytes} MB.',
    binary: 'it is {group, select, image {an image} pdf {a PDF document} other {a binary file}}, not text.',
  },
  hookContinued: 'A hook continued the turn: {message}',
  hookCommented: 'A hook’s message about these calls: {message}',
  hookStoppedTurn: 'A hook stopped the turn: {reason}',
  hookStoppedSubagent: 'A hook stopped a subagent: {reason}',
  rulesNotSaved:
    '{count, plural, one {The rule {rules} could not be saved, so the answer applies to this call only.} other {The rules {rules} could not be saved, so the answer applies to this call only.}} {reason}',
  turnNotStarted: 'The turn could not start: {reason}',
  stepsLeftOut: '{count, plural, one {# more step is} other {# more steps are}} not in the file.',
} as const;
