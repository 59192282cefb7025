/**
 * The environment of a command that runs without a question: a short list of variables that programs need, so that none can name
 * a program, a library, a settings file or shell code. Pure.
 */
import { disarmGit } from './git-disarmed.ts';

const KEPT =
  /^(?:HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|TMPDIR|TERM|COLORTERM|NO_COLOR|FORCE_COLOR|CLICOLOR|COLUMNS|LINES|CI|NODE_ENV|XDG_CONFIG_HOME|SYSTEMROOT)$/;
/** A language or time zone that is a path is a file made by someone. */
const IS_PATH = /^(?:LANG|LC_[A-Z]+|TZ)$/;

/** npm then looks up no newer version of itself, and makes no folder and no log. */
const QUIET_NPM = {
  npm_config_update_notifier: 'false',
  npm_config_logs_max: '0',
  npm_config_cache: '/dev/null',
  npm_config_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
};

/** `folders`: the PATH, without the workspace. */
export function toRunEnvironment(
  env: Readonly<Record<string, string>>,
  { folders, filters }: { readonly folders: readonly string[]; readonly filters: readonly string[] },
): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter(([name, value]) => KEPT.test(name) && !(IS_PATH.test(name) && /^:?[/.~]|\.\./.test(value)));
  return { ...Object.fromEntries(kept), PATH: folders.join(':'), ...QUIET_NPM, ...disarmGit(filters) };
}
