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
