export const connection = {
  label: 'Connection',
  lost: '{seconds, plural, =0 {Connection lost. Reconnecting.} other {Connection lost. Reconnecting in # s.}}',
  lostDetail: 'The window catches up when the connection is back.',
  mismatch: 'This window and its host are different versions',
  mismatchDetail: 'Reload to get the matching version. If that does not help, restart Gantry.',
  noToken: 'This address needs its access token',
  noTokenDetail: 'Open the link that gantry serve printed in the terminal. It ends in #token=… and works until the server stops.',
  refused: 'The host refused this window',
} as const;
