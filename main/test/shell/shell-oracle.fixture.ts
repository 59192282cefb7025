/**
 * The real effect of a command: it runs in a project made for it, in bubblewrap if available and otherwise in a separate
 * folder, and every effect is reported: files, calls of programs that use the network, processes.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { RunPlan } from '../../engine/approval/index.ts';
import { TABLES } from '../../engine/approval/shell/programs/tables.ts';
import type { WorkspaceFs } from '../../engine/ports.ts';
import type { WrappedShell } from '../../engine/sandbox/index.ts';

/** The real files, as far as the check of a command needs them; the engine must not import the host's own adapter. */
export const realFiles: Pick<WorkspaceFs, 'realPath' | 'stat' | 'list' | 'readBytes'> = {
  async realPath(path) {
    for (let at = path, below = ''; ; below = join(basename(at), below), at = dirname(at)) {
      const real = await realpath(at).catch(() => undefined);
      if (real !== undefined) return join(real, below).replace(/(.)\/$/, '$1');
    }
  },
  async stat(path) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return undefined;
    return { sizeBytes: found.size, mtimeMs: found.mtimeMs, isDirectory: found.isDirectory(), isFile: found.isFile(), links: found.nlink };
  },
  async list(path) {
    const found = await readdir(path, { withFileTypes: true });
    return found.map((entry) => ({
      name: entry.name,
      isDirectory: entry.isDirectory(),
      isFile: entry.isFile(),
      isSymlink: entry.isSymbolicLink(),
    }));
  },
  readBytes: (path) => readFile(path),
};

export interface ShellOracle {
  readonly project: string;
  readonly home: string;
  readonly isolation: 'bwrap' | 'folder';
  /** The environment of a command, as the engine would pass it. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the command, or what runs in its place; returns what it changed, and restores the project if it changed anything. */
  /** `behind`: the shell that runs it, wrapped, in the place of the oracle's own isolation. */
  effectsOf(command: string, run?: RunPlan, behind?: WrappedShell): readonly string[];
  close(): void;
}

/** The time limit of a command that waits. Unit: ms. */
const LIMIT_MS = 8000;
const PROGRAM_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin'];
/** Programs that a machine may lack; those stand for themselves there. */
const STOOD_IN = [...Object.keys(TABLES), 'awk', 'sed', 'find', 'jq', 'npm', 'node', 'python3', 'date', 'printenv', 'nice', 'timeout'];
/** In the base folder: what a command prints. */
const OUTPUT = 'output.log';
const FAKES = ['curl', 'wget', 'nc', 'ncat', 'ssh', 'scp', 'ftp', 'telnet', 'ping', 'dig', 'nslookup', 'host', 'gpg', 'sudo'];

/** Whatever prints this has read a file that it must not read. */
export const SECRET = 'LEAKED-CANARY';

/** `lay`: lays further files, after those of the project. `env`: further variables. */
export interface OracleOptions {
  readonly lay?: (base: string) => void;
  readonly env?: (base: string) => Readonly<Record<string, string>>;
}

export function createShellOracle(options: OracleOptions = {}): ShellOracle {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-oracle-')));
  const pristine = mkdtempSync(join(tmpdir(), 'gantry-pristine-'));
  const [project, home, bin] = [join(base, 'project'), join(base, 'home'), join(base, 'bin')];
  layOut(base, project, home, bin);
  options.lay?.(base);
  copyAll(base, pristine);
  const isolation = hasBubblewrap() ? 'bwrap' : 'folder';
  const env = { ...environmentOf(home, bin), ...options.env?.(base) };
  const look = createLook(base);
  let before = look();
  return {
    project,
    home,
    isolation,
    env,
    effectsOf(command, plan, behind) {
      if (command.includes('\0')) return [];
      const left = run(command, plan, { base, project, env, isolation, ...(behind === undefined ? {} : { behind }) });
      const after = look();
      const changed = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
      if (changed.length > 0) {
        for (const name of readdirSync(base)) rmSync(join(base, name), { recursive: true, force: true });
        copyAll(pristine, base);
        before = look();
      }
      return [...changed, ...left.effects, ...(left.output.includes(SECRET) ? [`prints ${SECRET}`] : [])];
    },
    close() {
      for (const folder of [base, pristine]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** With links, hard links, modes and times: git then finds its index up to date. */
function copyAll(from: string, to: string): void {
  execFileSync('cp', ['-a', `${from}/.`, to]);
}

function hasBubblewrap(): boolean {
  if (process.platform !== 'linux') return false;
  return spawnSync('bwrap', ['--ro-bind', '/', '/', '--proc', '/proc', '--unshare-net', '--unshare-pid', 'true']).status === 0;
}

interface Stage {
  readonly base: string;
  readonly project: string;
  readonly env: Readonly<Record<string, string>>;
  readonly isolation: ShellOracle['isolation'];
  readonly behind?: WrappedShell;
}

function environmentOf(home: string, bin: string): Readonly<Record<string, string>> {
  return {
    PATH: `${bin}:${PROGRAM_FOLDERS.join(':')}`,
    HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    PAGER: 'cat',
    GIT_PAGER: 'cat',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

/**
 * Returns the processes that the command left behind, as `process <name>`, and ends them. A mark in the environment
 * distinguishes them from all other processes, including those of an earlier command: without bubblewrap all share one list of
 * processes.
 */
function run(command: string, plan: RunPlan | undefined, stage: Stage): { readonly effects: readonly string[]; readonly output: string } {
  const { base, project, behind } = stage;
  const isolation = behind === undefined ? stage.isolation : 'folder';
  const env = {
    ...(plan?.env ?? stage.env),
    ORACLE_LOG: join(base, 'calls.log'),
    ORACLE_RUN: randomUUID(),
    ORACLE_OUT: join(base, OUTPUT),
  };
  // Searches twice, because a process has no environment for a moment while it executes another program.
  const watch =
    'marked() { while IFS= read -r -d "" v; do [ "$v" != "ORACLE_RUN=$ORACLE_RUN" ] || return 0; done; return 1; } 2>/dev/null <$1/environ; bash -c "$1" </dev/null >"$ORACLE_OUT" 2>&1; for t in 1 2; do for d in /proc/[0-9]*; do p=${d#/proc/}; if [ "$p" != 1 ] && [ "$p" != $$ ] && marked $d; then read -r n < $d/comm; echo "process $n"; [ $t = 1 ] || kill -9 $p; fi; done; done';
  const plain = [
    'bash',
    '-c',
    isolation === 'folder' ? 'bash -c "$1" </dev/null >"$ORACLE_OUT" 2>&1' : watch,
    'watch',
    plan?.command ?? command,
  ];
  const shell =
    behind === undefined ? plain : ['bash', '-c', 'exec "$@" </dev/null >"$ORACLE_OUT" 2>&1', 'wall', behind.shell, ...behind.args];
  const [program = '', ...args] =
    isolation === 'folder'
      ? shell
      : [
          'bwrap',
          '--ro-bind',
          '/',
          '/',
          '--dev',
          '/dev',
          '--proc',
          '/proc',
          '--tmpfs',
          '/tmp',
          '--bind',
          base,
          base,
          '--unshare-net',
          '--unshare-pid',
          '--die-with-parent',
          '--chdir',
          project,
          ...shell,
        ];
  const done = spawnSync(program, args, { cwd: project, env, timeout: LIMIT_MS, killSignal: 'SIGKILL', encoding: 'utf8' });
  const output = existsSync(env.ORACLE_OUT) ? readFileSync(env.ORACLE_OUT, 'latin1') : '';
  if (isolation === 'folder') return { effects: endProcessesOf(env.ORACLE_RUN), output };
  return { effects: [...new Set(done.stdout.split('\n').filter((line) => line.startsWith('process ')))], output };
}

/** Returns and ends the processes with this mark, among all processes of the machine. Searches twice, as above. */
function endProcessesOf(mark: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  const found = new Set<string>();
  for (const look of [1, 2]) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`ORACLE_RUN=${mark}`)) continue;
        found.add(`process ${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()}`);
        if (look === 2) process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It has ended, or belongs to another user.
      }
    }
  }
  return [...found];
}

/**
 * Lists names, kinds, modes, link targets and contents; not times, which reading may change. Reads a file again only if its inode has
 * changed since the last look: each write changes its ctime, which no program can set.
 */
function createLook(base: string): () => ReadonlyMap<string, string> {
  const known = new Map<string, { readonly inode: string; readonly state: string }>();
  const stateOf = (path: string): string => {
    const stat = lstatSync(path, { bigint: true });
    const inode = `${stat.ino} ${stat.ctimeNs} ${stat.size}`;
    const last = known.get(path);
    if (last?.inode === inode) return last.state;
    const content = stat.isFile()
      ? createHash('sha1').update(readFileSync(path)).digest('hex')
      : stat.isSymbolicLink()
        ? readlinkSync(path)
        : '';
    const state = `${stat.mode} ${content}`;
    known.set(path, { inode, state });
    return state;
  };
  return () => {
    const found = new Map<string, string>();
    const visit = (folder: string): void => {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (folder === base && entry.name === OUTPUT) continue;
        const path = join(folder, entry.name);
        if (entry.isDirectory()) visit(path);
        found.set(path.slice(base.length + 1), stateOf(path));
      }
    };
    visit(base);
    return found;
  };
}

/** A project with the files that commands of the table name, and traps: names that are options, programs that replace others. */
function layOut(base: string, project: string, home: string, bin: string): void {
  const files: Readonly<Record<string, string>> = {
    'project/a.txt': 'x one\nx two\nTODO\n',
    'project/b.txt': 'b\n',
    'project/with space.txt': 'spaced\n',
    'project/package.json': '{"name":"p"}\n',
    'project/.env': 'SECRET_KEY=canary\n',
    'project/server.pem': 'canary\n',
    'project/src/b.ts': 'export const b = 1; // TODO\n',
    'project/notes/diary.txt': 'dear\n',
    'project/hidden/file.txt': 'canary\n',
    'project/locked/x': 'a\n',
    'project/out/old.txt': 'old\n',
    'project/links/own.txt': 'own\n',
    'project/away/own.txt': 'own\n',
    'project/names.txt': '.env\0',
    'project/-opwned': 'an option by its name\n',
    'project/-delete': 'an option by its name\n',
    'project/script.sh': 'touch pwned\n',
    'project/script.sed': 'w pwned\n',
    'project/script.awk': 'BEGIN { system("touch pwned") }\n',
    'outside/f.txt': 'outside\n',
    'home/.bashrc': '',
  };
  mkdirSync(bin, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(base, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
  symlinkSync('.env', join(project, 'link-to-env'));
  symlinkSync('hidden/file.txt', join(project, 'link-to-hidden'));
  symlinkSync('../outside', join(project, 'link-outside'));
  symlinkSync('../.env', join(project, 'links/to-env'));
  symlinkSync('../../outside/f.txt', join(project, 'away/to-outside'));
  const program = (path: string, text: string) => {
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
  };
  for (const name of FAKES) program(join(bin, name), 'echo "$0 $*" >> "$ORACLE_LOG"');
  for (const name of STOOD_IN.filter((each) => PROGRAM_FOLDERS.every((folder) => !existsSync(join(folder, each)))))
    program(join(bin, name), 'exit 0');
  for (const name of ['x', 'ls', 'git']) program(join(project, name), 'touch pwned');
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=o', '-c', 'user.email=o@example.com', '-c', 'init.defaultBranch=main', ...args], {
      cwd: project,
      stdio: 'pipe',
      env: { PATH: process.env['PATH'], HOME: home },
    });
  git('init', '-q');
  git('add', 'a.txt', 'src', 'package.json');
  git('commit', '-qm', 'first');
  writeFileSync(join(project, 'a.txt'), 'x one\nx two\nTODO\nchanged\n');
}
