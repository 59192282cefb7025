/** What the window says about the agent's questions. */
export const questionStrings = {
  card: 'The agent asks',
  plan: 'The agent has a plan',
  needsYou: 'Needs you',
  planText: 'The plan',
  ownWords: 'In your own words',
  ownWordsFor: (question: string) => `In your own words: ${question}`,
  send: 'Answer',
  leave: 'Leave it to the agent',
  keepPlanning: 'Keep planning',
  notAnswered: 'Not answered',
} as const;
