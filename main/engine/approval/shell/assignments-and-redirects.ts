/** Assignments and redirections of a simple command. Pure. */
import type { ShellAccess } from './shell-access.ts';
import type { ShellAssignment, ShellRedirect } from './shell-parts.ts';

/** Variables that cannot make a program do anything: languages, colours. */
const HARMLESS_NAME = /^(LANG|LC_[A-Z]+|TZ|NO_COLOR|FORCE_COLOR|CLICOLOR|COLUMNS|LINES|CI|NODE_ENV|GIT_OPTIONAL_LOCKS)$/;
/**
 * Names that scripts use. An assignment before a command would pass them to it, and some programs do read such names
 * (`npm_config_script_shell`).
 */
const SCRIPT_NAME = /^[a-z_][a-z0-9_]*$/;
const OF_PROGRAMS = /_proxy$|^(npm|yarn|pnpm)_/;
/** A value like this is a path: a language or a time zone file made by others. */
const PATH_VALUE = /^:?[/.~]|\.\./;

/** `hasCommand`: the assignment applies to the following command only. */
export function isHarmless({ name, value }: ShellAssignment, hasCommand: boolean): boolean {
  // A value that matches files or indexes an array would do so where the variable is used.
  const isCertain = value === undefined || ((value.unknown === 'none' || value.unknown === 'variable') && !/[*?[`]|\$\(/.test(value.text));
  if (!isCertain) return false;
  if (HARMLESS_NAME.test(name)) return !PATH_VALUE.test(value?.text ?? '');
  return !hasCommand && SCRIPT_NAME.test(name) && !OF_PROGRAMS.test(name);
}

export function isWrite({ operator, target }: ShellRedirect): boolean {
  if (target === undefined || operator === '<' || operator === '<<<' || operator === '<&') return false;
  if (operator === '>&' && /^(\d+-?|-)$/.test(target.text) && target.unknown === 'none') return false;
  return !(target.unknown === 'none' && target.glob === 'none' && /^\/dev\/(null|stdout|stderr)$/.test(target.text) && operator !== '<>');
}

/** Bash opens a network connection for this name. */
export function isNetwork({ target }: ShellRedirect): boolean {
  return /^\/dev\/(tcp|udp)\//.test(target?.text ?? '');
}

export function accessOfRedirect(redirect: ShellRedirect): readonly ShellAccess[] {
  const { operator, target } = redirect;
  if (target === undefined || operator === '<<<' || /^\/dev\/(null|stdout|stderr)$/.test(target.text) || /^(\d+-?|-)$/.test(target.text))
    return [];
  return [{ word: target.text, tilde: target.tilde, kind: isWrite(redirect) ? 'write' : 'read', recursive: target.glob !== 'none' }];
}
