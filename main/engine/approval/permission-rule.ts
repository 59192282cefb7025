/**
 * One rule of `permissions.allow`, `.ask` or `.deny`: `Tool` or `Tool(specifier)`. Pure.
 * Grammar: Bash = a command, `*` for any text, which includes the end of the word if a space precedes it (`git *` does not match
 * `gitk`), `git:*` for the same; Read and Edit = paths as in .gitignore, `//` from the file system's root, `~/` from home, `/`
 * from the project, `./` or nothing from the session's folder; WebFetch = a domain and its subdomains; Agent and Skill = a name;
 * MCP tools by `mcp__server` or `mcp__server__tool`. Source: docs/formats.md 6.
 */
import { posix, win32 } from 'node:path';
import { compileGlob } from '../lib/glob-pattern.ts';
import { registryName } from '../lib/tool-names.ts';

/** The base folders of relative rules and `~`. Absolute paths. */
export interface RulePlace {
  readonly root: string;
  readonly home: string | undefined;
}

export interface PermissionRule {
  /** As written in the file. */
  readonly text: string;
  readonly specifier: string | undefined;
  /** Whether the rule applies to this tool at all. */
  readonly names: (toolName: string) => boolean;
}

const READERS = ['read_file', 'grep_search', 'glob', 'list_directory'];
const EDITORS = ['edit', 'write_file', 'notebook_edit'];
/** In a rule these two names mean a kind of access; all other names mean one tool. */
const GROUPS: ReadonlyMap<string, readonly string[]> = new Map([
  ['read', READERS],
  ['edit', EDITORS],
]);

/** Undefined if the text is not a rule: empty, or an open bracket. */
export function parseRule(text: string): PermissionRule | undefined {
  const [, name, specifier] = /^([^()\s]+)\s*(?:\((.*)\))?$/s.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  const written = specifier?.trim();
  const names = GROUPS.get(name.toLowerCase()) ?? [registryName(name)];
  const isPattern = name.includes('*');
  const server = /^mcp__[^_]+(?:_[^_]+)*$/.test(name) ? `${name}__` : undefined;
  return {
    text: text.trim(),
    specifier: written === undefined || written === '' || written === '*' ? undefined : written,
    names: (toolName) =>
      names.includes(toolName) || (server !== undefined && toolName.startsWith(server)) || (isPattern && likeText(name, toolName)),
  };
}

/** Whether a specifier covers a command, written as one line of plain words. */
export function matchesCommand(specifier: string, command: string): boolean {
  const prefix = /^(.*?)(?::\*|\s\*)$/s.exec(specifier)?.[1];
  if (prefix === undefined) return likeText(specifier, command);
  return likeText(prefix, command) || likeText(`${prefix} *`, command);
}

/** Whether a specifier covers an absolute path, directly or through a folder that it names. */
export function matchesPath(specifier: string, path: string, place: RulePlace): boolean {
  return pathMatcher(specifier, place)(path);
}

/** The same test for many paths. */
export function pathMatcher(specifier: string, place: RulePlace): (path: string) => boolean {
  const [base, pattern] = getBase(specifier, place);
  if (base === undefined) return () => false;
  const matches = compileGlob(pattern);
  const isWhole = /^\/?(\*\*\/?|\.\/?)?$/.test(pattern);
  return (path) => {
    const below = namesBelow(base, path);
    if (below === undefined || below.length === 0) return isWhole && below !== undefined;
    return below.some((_, at) => matches(below.slice(0, at + 1).join('/')));
  };
}

/** Whether the specifier could cover something inside this folder. */
export function mayMatchBelow(specifier: string, folder: string, place: RulePlace): boolean {
  const [base, pattern] = getBase(specifier, place);
  if (base === undefined) return false;
  const fixed = pattern.includes('/') ? pattern.split('/').filter((name) => name !== '') : [];
  const firstOpen = fixed.findIndex((name) => /[*?[{]/.test(name));
  const start = [base.replace(/\/$/, ''), ...(firstOpen === -1 ? fixed.slice(0, -1) : fixed.slice(0, firstOpen))].join('/');
  return namesBelow(folder, start) !== undefined || namesBelow(start, folder) !== undefined;
}

/** `example.com`, `domain:example.com`, `*.example.com`: the domain and its subdomains. */
export function matchesUrl(specifier: string, url: string): boolean {
  const domain = specifier
    .replace(/^domain:/, '')
    .replace(/^\*\./, '')
    .toLowerCase();
  const written = url.includes('://') ? url : `https://${url}`;
  if (!URL.canParse(written)) return false;
  const host = new URL(written).hostname.replace(/\.$/, '');
  return host === domain || host.endsWith(`.${domain}`);
}

/** `*` matches any text. Linear in both lengths for each star, so that no rule can hang the engine. */
export function likeText(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return text === pattern;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

function getBase(specifier: string, { root, home }: RulePlace): readonly [string | undefined, string] {
  const written = specifier.replaceAll('\\', process.platform === 'win32' ? '/' : '\\');
  if (written.startsWith('//')) return ['/', written.slice(1)];
  if (written === '~' || written.startsWith('~/')) return [home, written.slice(1) === '' ? '/**' : written.slice(1)];
  if (/^[A-Za-z]:\//.test(written)) return [written.slice(0, 3), `/${written.slice(3)}`];
  return [root, written.startsWith('./') ? written.slice(1) : written];
}

/** The path segments below a folder; undefined if the path is outside it. */
function namesBelow(folder: string, path: string): readonly string[] | undefined {
  const split = (whole: string) =>
    whole
      .split(process.platform === 'win32' ? win32.sep : posix.sep)
      .flatMap((name) => name.split('/'))
      .filter((name) => name !== '');
  const base = split(folder);
  const names = split(path);
  return base.every((name, at) => names[at] === name) ? names.slice(base.length) : undefined;
}
