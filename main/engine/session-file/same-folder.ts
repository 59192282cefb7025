/** Sanitized folder names are not unique, so every reader compares the path in the first record. */
export function isSameFolder(recorded: string | undefined, cwd: string): boolean {
  const normalize = (path: string) => (process.platform === 'win32' ? path.toLowerCase() : path);
  return recorded !== undefined && normalize(recorded) === normalize(cwd);
}
