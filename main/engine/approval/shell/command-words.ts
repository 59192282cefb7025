/** Classifies the words of one simple command: whether it only reads, also inside harmless wrappers. Pure. */
import { type CommandVerdict, refuse, unknownWord } from './command-verdict.ts';
import { classifyReadOnly } from './read-only.ts';
import type { ShellWord } from './shell-word.ts';

/** Errors: none; a command that is not known to be read-only is rejected with a reason. */
export function classifyWords(words: readonly ShellWord[]): CommandVerdict {
  const [name, ...rest] = words;
  if (name === undefined) return { ok: true, accesses: [] };
  if (name.unknown !== 'none') return unknownWord(name);
  if (name.glob !== 'none' || name.tilde) {
    if (name.text !== '[' && name.text !== '[[') return refuse('the name of the command is not certain', name);
  }
  if (/[^\x20-\x7e]/.test(name.text)) return refuse('letters that look like others', name);
  if (name.text === 'cd') {
    const [target] = rest;
    return target === undefined
      ? { ok: true, accesses: [{ word: '~', tilde: true, kind: 'list', recursive: false }] }
      : { ok: true, accesses: [{ word: target.text, tilde: target.tilde, kind: 'list', recursive: false }] };
  }
  const inside = unwrapped(name.text, rest);
  if (inside === 'asked') return { ok: true, accesses: [] };
  if (inside !== undefined) return classifyWords(inside);
  const danger = Object.hasOwn(DANGERS, name.text) ? DANGERS[name.text] : undefined;
  return danger === undefined ? classifyReadOnly(words) : refuse(danger, name);
}

/** Reasons more specific than "not one of the commands that only read". */
const DANGERS: Readonly<Record<string, string>> = {
  eval: 'eval runs text as a command',
  exec: 'exec puts another command in the shell’s place',
  source: 'runs the commands of a file',
  '.': 'runs the commands of a file',
  alias: 'gives a command another meaning',
  xargs: 'xargs runs a command with words that are not known yet',
  sudo: 'runs as another user',
  doas: 'runs as another user',
  su: 'runs as another user',
  nohup: 'keeps running after the shell ends and writes nohup.out',
  trap: 'runs a command later',
  rm: 'removes files',
  rmdir: 'removes folders',
  shred: 'removes files permanently',
  dd: 'writes directly to files or disks',
  mkfs: 'formats a disk',
  kill: 'ends processes',
  pkill: 'ends processes',
  killall: 'ends processes',
  curl: 'reaches the network',
  wget: 'reaches the network',
  ssh: 'reaches the network',
  scp: 'reaches the network',
  nc: 'reaches the network',
  chmod: 'changes the permissions of files',
  chown: 'changes the owner of files',
};

/** The command inside a harmless wrapper; `asked`: `command -v`, which only looks a name up. */
function unwrapped(name: string, rest: readonly ShellWord[]): readonly ShellWord[] | 'asked' | undefined {
  const [first, second] = rest;
  if (name === 'command') {
    if (first === undefined || !first.text.startsWith('-')) return rest;
    return /^-[vV]+$/.test(first.text) && rest.every((word) => word.unknown === 'none') ? 'asked' : undefined;
  }
  if (name === 'time') return first?.text === '-p' ? rest.slice(1) : first?.text.startsWith('-') === true ? undefined : rest;
  if (name === 'nice')
    return first?.text === '-n' && /^\d+$/.test(second?.text ?? '')
      ? rest.slice(2)
      : first?.text.startsWith('-') === true
        ? undefined
        : rest;
  if (name === 'timeout') return /^\d+(\.\d+)?[smhd]?$/.test(first?.text ?? '') && rest.length > 1 ? rest.slice(1) : undefined;
  return undefined;
}
