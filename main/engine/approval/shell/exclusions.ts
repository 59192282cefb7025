/** What must not be read by a command that runs without a question, in addition to protected files. */
export interface Exclusions {
  /** Absolute, links resolved. */
  readonly excludes: (path: string) => boolean;
  /** Patterns as in .gitignore, from the root of the workspace, that cover at least these files; undefined: there are none. */
  readonly patterns: readonly string[] | undefined;
}
