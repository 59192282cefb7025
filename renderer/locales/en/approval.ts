/** Approval cards, and the cards of questions and plans. */
export const approval = {
  label: 'Approval needed: {title}',
  needsYou: 'Approval needed',
  oneOf: '1 of {count}',
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
