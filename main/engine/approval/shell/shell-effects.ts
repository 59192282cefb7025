/**
 * The files and hosts that a command accesses when it does more than read, so that rules about files and hosts, and the
 * protection of some files, apply to `cp`, `rm` and `curl` as they apply to the tools. It can only make a verdict stricter.
 * Pure.
 */
import { toAccess, type ShellAccess } from './shell-access.ts';
import type { ShellWord } from './words/shell-word.ts';

export interface ShellEffects {
  readonly accesses: readonly ShellAccess[];
  readonly urls: readonly string[];
  /** Named files with an unknown use: only their protection counts. */
  readonly mentions: readonly ShellAccess[];
}

/** The written files: all operands, or the last one after sources that are read. */
const WRITERS: Readonly<Record<string, 'all' | 'last'>> = {
  rm: 'all',
  rmdir: 'all',
  unlink: 'all',
  shred: 'all',
  touch: 'all',
  mkdir: 'all',
  truncate: 'all',
  tee: 'all',
  mv: 'all',
  chmod: 'all',
  chown: 'all',
  chgrp: 'all',
  cp: 'last',
  ln: 'last',
  install: 'last',
  rsync: 'last',
  scp: 'last',
};
const READERS = new Set([
  'cat',
  'head',
  'tail',
  'less',
  'more',
  'grep',
  'rg',
  'awk',
  'sed',
  'sort',
  'uniq',
  'wc',
  'cut',
  'od',
  'xxd',
  'hexdump',
  'strings',
  'base64',
  'jq',
  'tar',
  'zip',
  'gzip',
  'nc',
  'openssl',
  'diff',
]);
const FETCHERS = new Set(['curl', 'wget', 'http', 'https', 'xh', 'aria2c', 'lynx', 'w3m']);

/** Commands that run the command after them; a rule about that command must see it. */
const WRAPPERS = new Set([
  'sudo',
  'doas',
  'env',
  'nohup',
  'time',
  'timeout',
  'nice',
  'ionice',
  'command',
  'builtin',
  'exec',
  'xargs',
  'stdbuf',
  'setsid',
  'watch',
  'busybox',
  'find',
  'parallel',
  'strace',
  'unshare',
  'chroot',
  'su',
  'script',
  'flock',
  'npx',
  'then',
  'do',
]);
const MAX_SPOKEN = 16;

export function isWrapper(name: string): boolean {
  return WRAPPERS.has(baseName(name));
}

/** Every form in which a deny rule may name this command: as written, without its folder, without its wrapper. */
export function canonicalForms(words: readonly ShellWord[]): readonly string[] {
  const texts = words.map((word) => word.text);
  const from = (at: number) => [baseName(texts[at] ?? ''), ...texts.slice(at + 1)].join(' ');
  const starts = isWrapper(texts[0] ?? '') ? texts.slice(0, MAX_SPOKEN).map((_, at) => at) : [0];
  return [...new Set([texts.join(' '), ...starts.map(from)])];
}

/** Text that another shell runs: `bash -c '…'`, `eval '…'`. */
export function innerScripts(words: readonly ShellWord[]): readonly string[] {
  const at = words.findIndex((word) => /^(ba|da|z|k|a|fi)?sh$|^eval$/.test(baseName(word.text)));
  if (at === -1 || words[at] === undefined) return [];
  const rest = words.slice(at + 1);
  if (words[at].text === 'eval') return [rest.map((word) => word.text).join(' ')];
  const flag = rest.findIndex((word) => /^-[a-z]*c[a-z]*$/.test(word.text));
  return flag === -1 ? [] : rest.slice(flag + 1, flag + 2).map((word) => word.text);
}

export function findEffects(words: readonly ShellWord[]): ShellEffects {
  const first = words.findIndex((word) => !isWrapper(word.text) && !/^-|^[A-Za-z_]\w*=/.test(word.text));
  const at = isWrapper(words[0]?.text ?? '') && first !== -1 ? first : 0;
  const name = baseName(words[at]?.text ?? '');
  const rest = words.slice(at + 1);
  const operands = rest.filter((word) => !word.text.startsWith('-'));
  const writes = Object.hasOwn(WRITERS, name) ? WRITERS[name] : undefined;
  const urls = operands
    .map((word) => word.text)
    .filter((text) => /^https?:\/\//i.test(text) || (FETCHERS.has(name) && /^[\w-]+(\.[\w-]+)+([:/]|$)/.test(text)));
  const accesses: ShellAccess[] = [];
  if (writes !== undefined) {
    operands.forEach((word, index) => {
      const isWritten = writes === 'all' || index === operands.length - 1;
      accesses.push(toAccess(word, isWritten ? 'write' : 'read', true));
    });
  } else if (READERS.has(name)) accesses.push(...operands.map((word) => toAccess(word, 'read')));
  if (name === 'sed' && rest.some((word) => /^-[a-zA-Z]*i|^--in-place/.test(word.text)))
    accesses.push(...operands.map((word) => toAccess(word, 'write')));
  if (name === 'dd') accesses.push(...rest.flatMap((word) => ddFile(word)));
  accesses.push(...outputOptions(name, rest));
  const mentions = rest.flatMap((word) =>
    word.text
      .split(/[=,:@]/)
      .filter((text) => /[./~]|^id_/.test(text))
      .map((text) => ({ ...toAccess({ ...word, text }, 'read'), recursive: false })),
  );
  return { accesses, urls, mentions };
}

function ddFile(word: ShellWord): readonly ShellAccess[] {
  const [, key, file] = /^(if|of)=(.+)$/s.exec(word.text) ?? [];
  return file === undefined ? [] : [{ word: file, tilde: false, kind: key === 'of' ? 'write' : 'read', recursive: false }];
}

/** `curl -o x`, `sort --output=x`. */
function outputOptions(name: string, words: readonly ShellWord[]): readonly ShellAccess[] {
  if (!FETCHERS.has(name) && name !== 'sort') return [];
  return words.flatMap((word, at): readonly ShellAccess[] => {
    const attached = /^--output(?:-document)?=(.+)$|^-[oO](.+)$/s.exec(word.text);
    const next = /^(-o|-O|--output|--output-document)$/.test(word.text) ? words[at + 1] : undefined;
    const file = attached?.[1] ?? attached?.[2] ?? next?.text;
    return file === undefined ? [] : [{ word: file, tilde: next?.tilde ?? false, kind: 'write', recursive: false }];
  });
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
