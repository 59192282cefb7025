/**
 * Patterns of .gitignore's form as git's pathspecs, so that git leaves out what they match when it prints contents. They may cover
 * more, never less. Pure. Source: gitignore(5); gitglossary(7), "pathspec".
 */
const MAX_PATTERNS = 100;

/** `below`: from the top of the repository to the folder of the patterns. Undefined: a pattern has no such form. */
export function toPathspecs(patterns: readonly string[], below: string | undefined): readonly string[] | undefined {
  // Escapes and braces mean something else there.
  if (patterns.length > MAX_PATTERNS || patterns.some((pattern) => /[\\{}]/.test(pattern))) return undefined;
  if (below !== undefined && /[*?[\\]/.test(below)) return undefined;
  const folder = below === undefined ? '' : `${below}/`;
  return patterns.flatMap((pattern) => {
    const name = pattern.replace(/\/+$/, '');
    const path = name.includes('/') ? name.replace(/^\//, '') : `**/${name}`;
    return [path, `${path}/**`].map((each) => `:(top,exclude,icase,glob)${folder}${each}`);
  });
}
