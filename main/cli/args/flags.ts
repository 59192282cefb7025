/** Parsing helpers for the arguments of every command. Pure; an invalid flag throws `Refusal`. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** An invalid command line. The message names the flag and what is expected. */
export class Refusal extends Error {}

/** Flags of every command. */
export const COMMON_FLAGS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
  debug: { type: 'boolean', short: 'd' },
} as const satisfies ParseArgsOptionsConfig;

/**
 * Flags of Qwen Code that Gantry lacks, each with an alternative, so that scripts for it get more than "unknown".
 * Source: docs/formats.md 3.1.
 */
const FLAGS_OF_QWEN_CODE: Readonly<Record<string, string>> = {
  '--bare': 'Use --core-tools and --system-prompt to choose what a run has.',
  '--input-file': 'It belongs to the terminal screen; a program drives Gantry with --input-format stream-json.',
  '--insecure': 'Certificates are always checked. To add your own, set NODE_EXTRA_CA_CERTS to their file.',
  '--json-fd': 'It belongs to the terminal screen; --output-format stream-json prints the messages.',
  '--json-file': 'It belongs to the terminal screen; --output-format stream-json prints the messages.',
  '--output-style': 'Use --append-system-prompt to describe the style of the answers.',
  '--prompt-interactive': 'There is no terminal screen: open the window, or give the prompt with --prompt.',
  '--safe-mode': 'The settings, hooks and servers of an untrusted folder are not used.',
  '--sandbox': 'The setting tools.executionSandbox turns the sandbox on.',
  '--worktree': 'Make the worktree with git, and start Gantry in it.',
};

const SHORT_FLAGS_OF_QWEN_CODE: Readonly<Record<string, string>> = {
  '-i': '--prompt-interactive',
  '-s': '--sandbox',
};

export function parseFlags<O extends ParseArgsOptionsConfig>(argv: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Refusal(describeFault(error, Object.keys(options)));
  }
}

/** Node's own messages explain `--` at length; the flag, a suggestion and a hint at --help are enough. */
function describeFault(error: unknown, known: readonly string[]): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const flag = /'([^']+)'/.exec(message)?.[1];
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION' || flag === undefined) return message.split('\n')[0] ?? message;
  const instead = FLAGS_OF_QWEN_CODE[SHORT_FLAGS_OF_QWEN_CODE[flag] ?? flag];
  if (instead !== undefined) return `${flag} is an option of Qwen Code that Gantry does not have. ${instead}`;
  const near = nearest(
    flag,
    known.map((name) => `--${name}`),
  );
  return `Unknown option: ${flag}.${near === undefined ? '' : ` Did you mean ${near}?`} gantry --help lists them.`;
}

/** The most similar name, if it differs by no more than a third of its letters. */
export function nearest(wanted: string, names: readonly string[]): string | undefined {
  const rated = names.map((name) => ({ name, distance: distanceOf(wanted, name) })).sort((a, b) => a.distance - b.distance);
  const [best] = rated;
  return best !== undefined && best.distance <= Math.floor(best.name.length / 3) ? best.name : undefined;
}

/** Letters to add, remove or exchange (Levenshtein); a truncated name counts as one. */
function distanceOf(a: string, b: string): number {
  if (a.length >= 4 && b.startsWith(a)) return 1;
  let row = Array.from({ length: b.length + 1 }, (_unused, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

export function choice<const C extends string>(flag: string, value: string | undefined, choices: readonly C[]): C | undefined {
  if (value === undefined) return undefined;
  const found = choices.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  const near = nearest(value, choices);
  throw new Refusal(`${flag} must be one of ${choices.join(', ')}, not "${value}".${near === undefined ? '' : ` Did you mean ${near}?`}`);
}

/** -1 means no limit, as in Qwen Code. */
export function limit(flag: string, value: string | undefined): number | undefined {
  if (value === undefined || value === '-1') return undefined;
  refuseIf(!/^\d{1,9}$/.test(value), `${flag} must be a whole number, or -1 for no limit, not "${value}".`);
  return Number(value);
}

export function list(values: readonly string[] | undefined): readonly string[] {
  return (values ?? []).flatMap(splitOutsideParentheses).filter((entry) => entry !== '');
}

/** Rules such as `Bash(git log, -n 1)` contain commas themselves. */
function splitOutsideParentheses(text: string): string[] {
  return (text.match(/(?:\([^)]*\)|[^,(])+/g) ?? []).map((part) => part.trim());
}

export function origins(values: readonly string[] | undefined): readonly string[] {
  return (values ?? []).map((value) => {
    const url = URL.parse(value);
    if (url === null || !/^https?:$/.test(url.protocol))
      throw new Refusal(`--trust-endpoint needs an address such as https://api.example.com, not "${value}".`);
    return url.origin;
  });
}

export function refuseIf(condition: boolean, message: string): void {
  if (condition) throw new Refusal(message);
}
