/** The sentences about the connection in one place, so that a second language can follow. */
export const connectionStrings = {
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
} as const;
