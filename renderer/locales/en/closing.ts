/** The question before something that runs is closed. */
export const closing = {
  title: 'Close {what}?',
  runs: '{count, plural, one {A command is still running. Closing stops it:} other {# commands are still running. Closing stops them:}}',
  works: 'The agent is still working. Closing interrupts it.',
  more: 'and {count} more',
  stop: '{count, plural, =0 {Interrupt and close} other {Stop and close}}',
} as const;
