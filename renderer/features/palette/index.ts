/** The door of the command palette (Ctrl or Cmd with K). */
export { PaletteHost } from './PaletteHost.tsx';
