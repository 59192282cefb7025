/** Approval cards, and the cards of questions and plans. */
export const approval = {
  label: 'Approval needed: {title}',
  needsYou: 'Approval needed',
  oneOf: '1 of {count}',
  cause: {
    edits: 'File changes need approval in this mode',
    commands: 'Commands that can change something need approval in this mode',
    tool: '{tool} needs approval in this mode',
    rule: 'Your rule {rule} requires approval',
    protected: 'Protected file: {path}',
    outside: 'Outside the project: {path}',
    interrupted: 'Gantry closed before the call ran',
  },
  allowOnce: 'Allow once',
  allowSession: 'Allow for session',
  deny: 'Deny',
  denyWithNote: 'Deny with note',
  note: 'Note to the agent',
  notePlaceholder: 'What should the agent do instead?',
  command: 'Command',
  inFolder: 'in {cwd}',
  marked: 'Reason: {reasons}',
  always: { project: 'Always allow in project', user: 'Always allow' },
  writes: 'Allows this now, and from now on without asking:',
  writesTo: 'Saved in {path}. You can remove it in Settings, Approvals.',
  write: 'Save rule and allow',
  wasInterrupted: 'Gantry closed while this was waiting for your approval. Nothing was run.',
  runNow: 'Run now and continue',
} as const;

/** The settings show it too. */
export const sandbox = {
  off: 'Commands run without a sandbox',
  on: 'Commands run in {program}: {writes}, {network}',
  filesystem: { 'workspace-write': 'writes only in the project and /tmp', 'read-only': 'no writes except in /tmp' },
  network: { open: 'network open', closed: 'no network' },
  problem: {
    not_installed: {
      bubblewrap: 'bubblewrap is not installed; commands do not run',
      'sandbox-exec': 'sandbox-exec is missing on this Mac; commands do not run',
    },
    does_not_work: 'bubblewrap does not work here ({message}); commands do not run',
    unsupported_system: 'Gantry supports no sandbox on this system; commands do not run',
  },
} as const;

export const question = {
  card: 'The agent has a question',
  plan: 'The agent has a plan',
  needsAnswer: 'Answer needed',
  planText: 'Plan',
  ownWords: 'Other answer',
  ownWordsFor: 'Other answer: {question}',
  send: 'Answer',
  leave: 'Let the agent decide',
  keepPlanning: 'Keep planning',
  notAnswered: 'Not answered',
} as const;
