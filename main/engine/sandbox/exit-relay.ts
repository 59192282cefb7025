/**
 * Brings the end of a sandboxed command out of bubblewrap unchanged. bubblewrap reports an end by signal 9 as code 137, and a
 * Ctrl+C that the command handles ends bubblewrap itself. Two small programs surround it, and both only wait:
 * - `outer`, in the place of the command: ignores the signals of the process group, so that only the command reacts to them, and
 *   then ends as the command has ended, by the same code or the same signal;
 * - `INNER`, inside: an awk program, because awk's `system` distinguishes a code from a signal, which no shell does. It writes
 *   what it has waited for into a pipe that the command does not inherit.
 * Pure. Source: bwrap(1); POSIX sh, "trap"; env(1), `--default-signal`; gawk's manual, "system".
 */
import { quoteWord } from '../lib/quote-word.ts';

export interface WrappedShell {
  readonly shell: string;
  readonly args: readonly string[];
}

/** Absolute paths outside any workspace. */
export interface RelayPrograms {
  readonly bash: string;
  readonly env: string;
  readonly awk: string;
}

/** Signals that are sent to a whole process group: by the terminal, by a stop, by the user. */
const GROUP_SIGNALS = ['INT', 'QUIT', 'TERM', 'HUP', 'USR1', 'USR2'];

/**
 * When the terminal is closed, the system sends SIGHUP only to this process, the leader of the session; it passes the signal on.
 * Without a report from inside, bubblewrap itself has failed, and its own code counts. bash cannot end by SIGQUIT, so a program does it
 * that has taken its place, by its own process id.
 */
const outer = ({ env }: RelayPrograms) => `
exec 8>&1
trap '' ${GROUP_SIGNALS.filter((name) => name !== 'HUP').join(' ')}
trap '[ -t 0 ] || { trap "" HUP; kill -HUP 0; }' HUP
exec 7< <(trap '' HUP; exec "$@" 9>&1 >&8 8>&-)
sandbox=$!
read -r kind number <&7
wait "$sandbox"
code=$?
case $kind in
  exit) exit "$number" ;;
  signal)
    ulimit -c 0
    trap - "$number"
    kill -"$number" $$
    [ ! -x /bin/kill ] || exec ${env} --default-signal /bin/kill -"$number" $$
    exit $((128 + number)) ;;
  *) exit "$code" ;;
esac`;

/** `system` returns 256 and more for an end by a signal, 512 and more with a memory dump. */
const INNER = 'BEGIN { s = system(ARGV[1]); printf "%s %d\\n", s < 256 ? "exit" : "signal", s % 256 > "/dev/fd/9"; exit }';

/** `sandbox`: bubblewrap with its arguments, without a command. `-p`: no file and no function of the environment is run. */
export function relayExit(programs: RelayPrograms, sandbox: readonly string[], command: WrappedShell): WrappedShell {
  const words = [command.shell, ...command.args].map(quoteWord).join(' ');
  const run = `exec ${programs.env} --default-signal=${GROUP_SIGNALS.join(',')} ${words} 9>&-`;
  return { shell: programs.bash, args: ['-p', '-c', outer(programs), 'gantry', ...sandbox, '--', programs.awk, INNER, run] };
}
