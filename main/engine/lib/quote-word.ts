/** One word for the shell, whatever it contains; nothing in it is expanded. */
export function quoteWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
