/** The palette's door: everything the window can do, by name (Ctrl or Cmd with K). */
export { PaletteHost } from './PaletteHost.tsx';
