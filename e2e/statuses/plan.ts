/** The commands to run, their hosts, and the expected report of each. Pure: the same seed makes the same plan. */
import { constants } from 'node:os';
import { seeded } from '../support/restart-plan.ts';

export type Host = 'cli' | 'server' | 'desktop';

export interface Expected {
  readonly exitCode?: number;
  readonly signal?: number;
  /** The sentence after the status; absent if the command completed. */
  readonly error?: string;
  /** The exact output of the command, with LF. */
  readonly output: string;
  /** Content of the file that the command creates in its folder. */
  readonly file?: string;
}

export interface StatusCase {
  /** Also the name of the file that it creates, after `case-`. */
  readonly index: number;
  readonly kind: Kind;
  readonly command: string;
  readonly expected: Expected;
}

/** One run of a host, in which the model requests these commands in sequence. */
export interface StatusRun {
  readonly index: number;
  readonly host: Host;
  /** Beside three busy loops. */
  readonly isLoaded: boolean;
  readonly cases: readonly StatusCase[];
}

export type Kind = keyof typeof KINDS;
/** Prints `mark` and creates `file`. */
type Recipe = (mark: string, file: string) => { readonly command: string; readonly expected: Expected };

const CLOSED = 'exec <&- >&- 2>&-';
/** Ignores the hang-up that the kernel sends when the shell has ended. It has its own group, so that it can be stopped. */
const STAYS = "(trap '' HUP; exec sleep 20) &";
const SEQUENCE = Array.from({ length: 20_000 }, (_, i) => `${i + 1}\n`).join('');

const done = (output: string, file?: string): Expected => ({ exitCode: 0, output, ...(file === undefined ? {} : { file }) });
const failed = (exitCode: number, output: string, file?: string): Expected => ({
  ...done(output, file),
  exitCode,
  error: `Exited with code ${exitCode}`,
});
const killed = (name: 'HUP' | 'INT' | 'TERM' | 'KILL', output: string, file?: string): Expected => {
  const { exitCode: _none, ...rest } = done(output, file);
  const signal = constants.signals[`SIG${name}`];
  return { ...rest, signal, error: `Terminated by signal ${signal} (SIG${name})` };
};
const killsItself =
  (name: 'HUP' | 'INT' | 'TERM' | 'KILL'): Recipe =>
  (mark) => ({ command: `echo ${mark}; kill -${name} $$`, expected: killed(name, `${mark}\n`) });

export const KINDS = {
  silent: (_mark, file) => ({ command: `touch ${file}`, expected: done('', '') }),
  'silent builtin': () => ({ command: 'true', expected: done('') }),
  'silent failure': () => ({ command: 'exit 9', expected: failed(9, '') }),
  'prints, then silent': (mark, file) => ({ command: `echo ${mark}; exec touch ${file}`, expected: done(`${mark}\n`, '') }),
  'without a newline': (mark) => ({ command: `printf '%s' ${mark}; exit 6`, expected: failed(6, mark) }),
  'standard error': (mark) => ({ command: `echo ${mark} >&2; exit 2`, expected: failed(2, `${mark}\n`) }),
  'closed output': (mark, file) => ({
    command: `${CLOSED}; sleep 0.1; echo ${mark} >> ${file}; exit 5`,
    expected: failed(5, '', `${mark}\n`),
  }),
  'prints, then closed output': (mark, file) => ({
    command: `echo ${mark}; ${CLOSED}; echo ${mark} >> ${file}; exit 5`,
    expected: failed(5, `${mark}\n`, `${mark}\n`),
  }),
  'closed output, replaced': (_mark, file) => ({ command: `${CLOSED}; exec touch ${file}`, expected: done('', '') }),
  'closed output, killed': (mark, file) => ({
    command: `${CLOSED}; echo ${mark} > ${file}; kill -TERM $$`,
    expected: killed('TERM', '', `${mark}\n`),
  }),
  'killed by HUP': killsItself('HUP'),
  'killed by INT': killsItself('INT'),
  'killed by TERM': killsItself('TERM'),
  'killed by KILL': killsItself('KILL'),
  'child killed': (mark) => ({
    command: `bash -c 'echo ${mark}; kill -INT $$'; exit $?`,
    expected: { ...failed(130, `${mark}\n`), error: 'Exited with code 130 (128 + 2: SIGINT)' },
  }),
  pipe: (mark) => ({ command: `seq 1 5000 | sed 's/^/${mark} /' | tail -n 1`, expected: done(`${mark} 5000\n`) }),
  'pipe that fails': (mark) => ({ command: `set -o pipefail; echo ${mark} | (cat; exit 7) | cat`, expected: failed(7, `${mark}\n`) }),
  'child hung up': (mark) => ({ command: `sleep 20 & echo ${mark}; exit 3`, expected: failed(3, `${mark}\n`) }),
  'child stays': (mark) => ({ command: `${STAYS} echo ${mark}; exit 4`, expected: failed(4, `${mark}\n`) }),
  'child stays, silent': (_mark, file) => ({ command: `${STAYS} exec touch ${file}`, expected: done('', '') }),
  'child stays, killed': (mark) => ({ command: `${STAYS} echo ${mark}; kill -KILL $$`, expected: killed('KILL', `${mark}\n`) }),
  'child stays with closed output': (mark) => ({
    command: `(trap '' HUP; ${CLOSED}; exec sleep 20) & echo ${mark}; exit 8`,
    expected: failed(8, `${mark}\n`),
  }),
  much: () => ({ command: 'seq 1 20000', expected: done(SEQUENCE) }),
} satisfies Readonly<Record<string, Recipe>>;

export const KIND_NAMES = Object.keys(KINDS) as readonly Kind[]; // the keys of a constant

/** Share of the commands for each host, and the limit for one run. */
const HOSTS: Readonly<Record<Host, { readonly share: number; readonly most: number }>> = {
  cli: { share: 0.5, most: 5 },
  server: { share: 0.3, most: 24 },
  desktop: { share: 0.2, most: 40 },
};

/** All kinds in turn. Half of the runs of a host, the last ones, are under load; the quiet ones come first. */
export function planStatuses(count: number, seed: number, hosts: readonly Host[]): readonly StatusRun[] {
  const random = seeded(seed);
  const shares = hosts.reduce((sum, host) => sum + HOSTS[host].share, 0);
  let index = 0;
  let turn = Math.floor(random() * KIND_NAMES.length);
  const runs: Omit<StatusRun, 'index'>[] = [];
  for (const host of hosts) {
    let left = Math.round((count * HOSTS[host].share) / shares);
    const half = left / 2;
    while (left > 0) {
      const length = Math.min(left, 1 + Math.floor(random() * HOSTS[host].most));
      const cases = Array.from({ length }, () => makeCase(index++, turn++));
      runs.push({ host, isLoaded: left <= half, cases });
      left -= length;
    }
  }
  return runs.toSorted((a, b) => Number(a.isLoaded) - Number(b.isLoaded)).map((run, at) => ({ ...run, index: at }));
}

function makeCase(index: number, turn: number): StatusCase {
  const kind = KIND_NAMES[turn % KIND_NAMES.length] ?? 'silent';
  const recipe: Recipe = KINDS[kind];
  return { index, kind, ...recipe(`mark-${index}`, `case-${index}`) };
}
