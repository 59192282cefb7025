/** What the controls of the kit say by themselves. */
export const uiStrings = { close: 'Close', copy: 'Copy', copied: 'Copied' } as const;
