/** `@server:uri` in a prompt. Pure. Source: docs/formats.md 7.2. */

export interface ResourceReference {
  readonly reference: string;
  readonly server: string;
  readonly uri: string;
}

const MAX_REFERENCES = 20;
/** The limit in a list that also offers files. */
const MAX_OFFERED = 8;
/** Fewer letters match too much. */
const MIN_QUERY = 2;

/** The resources that a few letters after `@` may mean, as they are written: by server and uri, or by their name. */
export function offeredReferences(
  resources: readonly { readonly server: string; readonly uri: string; readonly name: string }[],
  query: string,
): readonly string[] {
  if (query.length < MIN_QUERY) return [];
  const wanted = query.toLowerCase();
  const found = resources.filter(({ server, uri, name }) => `${server}:${uri}\n${name}`.toLowerCase().includes(wanted));
  const references = found.map(({ server, uri }) => `${server}:${uri}`);
  return references
    .toSorted((a, b) => Number(!a.toLowerCase().startsWith(wanted)) - Number(!b.toLowerCase().startsWith(wanted)))
    .slice(0, MAX_OFFERED);
}

/**
 * Only names of existing servers count: `@user:pass` or an e-mail address does not. Punctuation at the end belongs to the
 * sentence.
 */
export function findReferences(text: string, servers: readonly string[]): readonly ResourceReference[] {
  const known = [...servers].sort((a, b) => b.length - a.length);
  const found = new Map<string, ResourceReference>();
  for (const { 1: word = '' } of text.matchAll(/(?<![\w@])@((?:\\.|[^\s\\])+)/g)) {
    const plain = word.replace(/\\(.)/g, '$1').replace(/[.,;!?)\]}'"]+$/, '');
    const server = known.find((name) => plain.startsWith(`${name}:`));
    if (server === undefined) continue;
    const uri = plain.slice(server.length + 1);
    if (uri !== '') found.set(`@${plain}`, { reference: `@${plain}`, server, uri });
  }
  return [...found.values()].slice(0, MAX_REFERENCES);
}
