/** Words that several parts of the window share. ICU messages, plain text, no markup. */
export const common = {
  back: 'Back',
  cancel: 'Cancel',
  close: 'Close',
  copied: 'Copied',
  copy: 'Copy',
  delete: 'Delete',
  dismiss: 'Dismiss',
  edit: 'Edit',
  hiddenCharacter: 'Invisible character {code}',
  notCopied: 'Nothing was copied: this window cannot write to the clipboard. Allow access to the clipboard, then try again.',
  open: 'Open',
  reload: 'Reload',
  remove: 'Remove',
  save: 'Save',
  send: 'Send',
  stop: 'Stop',
  tryAgain: 'Try again',
  undo: 'Undo',
  untitled: 'New session',
} as const;

/** Short times and sizes. */
export const unit = {
  now: 'now',
  seconds: '{count} s',
  minutes: '{count} m',
  hours: '{count} h',
  days: '{count} d',
  thousandTokens: '{count} K',
  millionTokens: '{count} M',
} as const;

export const error = {
  unknown: 'The request failed without an error message. The log may have more details.',
  noFolder: 'Open a folder first. Every session belongs to a folder.',
  open: {
    missing: '{path} does not exist, so nothing was opened.',
    file: '{path} is a file. Drop its folder to open it, or drop the file on an open session to attach it.',
    link: '{path} is not the address of a folder on this computer, so nothing was opened.',
  },
  crashTitle: 'This view ran into an error',
  crashDetail: 'The agent and its commands keep running. Reload to restore the view.',
} as const;

/** How much the agent asks. */
export const modes = {
  plan: { name: 'Plan only', detail: 'Reads and plans without making changes.' },
  default: { name: 'Ask before edits', detail: 'Edits and commands wait for your approval.' },
  'auto-edit': { name: 'Edit freely', detail: 'Edits need no approval. Commands wait for your approval.' },
  yolo: { name: 'Never ask', detail: 'Everything runs without approval. Use it only in disposable folders.' },
} as const;
