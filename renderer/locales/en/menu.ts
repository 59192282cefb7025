/** The button of the window's menu, on the desktop. */
export const menu = { open: 'Menu' } as const;
