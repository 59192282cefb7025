/**
 * The names of the servers' tools: `mcp__<server>__<tool>`. Pure.
 * The server part contains no `__`, so that no server can use a name of another one. A name that had to be changed or cut ends in
 * a hash of the original, so that two of them stay distinct. Source: docs/formats.md 4.2.
 */
import { createHash } from 'node:crypto';

/** What every protocol accepts. Unit: characters. */
const MAX_NAME = 64;
const MAX_SERVER = 24;

/** The part of each server, in the order given. */
export function serverParts(names: readonly string[]): ReadonlyMap<string, string> {
  return distinct(
    names,
    (name) =>
      clean(name)
        .replace(/_{2,}/g, '_')
        .replace(/^_+|_+$/g, '') || 'server',
    MAX_SERVER,
  );
}

/** The complete name of each of a server's tools. */
export function toolNames(serverPart: string, tools: readonly string[]): ReadonlyMap<string, string> {
  const prefix = `mcp__${serverPart}__`;
  const parts = distinct(tools, clean, MAX_NAME - prefix.length);
  return new Map([...parts].map(([tool, part]) => [tool, prefix + part]));
}

function clean(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_');
}

function distinct(names: readonly string[], shape: (name: string) => string, max: number): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  const found = new Map<string, string>();
  for (const name of names) {
    if (found.has(name)) continue;
    const wanted = shape(name);
    const fits = wanted !== '' && wanted.length <= max && !taken.has(wanted);
    const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
    const part = fits ? wanted : `${wanted.slice(0, max - 9)}_${hash}`;
    taken.add(part);
    found.set(name, part);
  }
  return found;
}
