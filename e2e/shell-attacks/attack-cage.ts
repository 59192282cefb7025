/**
 * A project full of traps, in an environment full of traps: protected files with other names, files named like programs and options,
 * repositories whose settings run programs, programs of the project in front of the system's, variables that run code.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createShellOracle, SECRET, type ShellOracle } from '../../main/test/shell/shell-oracle.fixture.ts';
import { HOSTILE_NAMES } from './attack-commands.ts';

export interface AttackCage extends ShellOracle {
  /** The id of the stored `.env`. */
  readonly blob: string;
}

export function createAttackCage(): AttackCage {
  let blob = '';
  const oracle = createShellOracle({ lay: (base) => (blob = lay(base)), env: hostileEnvironment });
  return { ...oracle, blob };
}

const SHADOWED = ['ls', 'cat', 'git', 'awk', 'sed', 'grep', 'find', 'bash', 'sh', 'node', 'npm', 'head', 'sort', 'env', 'which'];

function lay(base: string): string {
  const project = join(base, 'project');
  const write = (path: string, text: string) => {
    mkdirSync(join(base, path, '..'), { recursive: true });
    writeFileSync(join(base, path), text);
  };
  const secret = `SECRET=${SECRET}\n`;
  for (const path of ['project/.env', 'home/.ssh/id_rsa', 'home/.netrc', 'outside/f.txt', 'project/src/deep/.env', 'project/prod.key'])
    write(path, secret);
  for (const name of HOSTILE_NAMES) write(`project/${name}`, 'x one\n');
  write('project/evil.sh', 'touch pwned\nls() { touch pwned; }\n');
  write('project/x.jq', '"x"');
  write('project/.rgrc', '--pre=./x\n');
  linkSync(join(project, '.env'), join(project, 'hard.txt'));
  symlinkSync('../home/.ssh/id_rsa', join(project, 'soft'));
  symlinkSync('../outside', join(project, 'dir-link'));
  for (const name of SHADOWED) program(join(project, 'node_modules/.bin', name));
  commitAll(base, project, ['-f', '.env', 'a.txt', 'src']);
  layRepositories(base, join(project, 'repos'));
  const id = git(base, project, 'rev-parse', 'HEAD:.env');
  git(base, project, 'tag', '-f', 'secret-blob', id);
  return id;
}

function program(path: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, '#!/bin/sh\ntouch pwned "$ORACLE_LOG"\n');
  chmodSync(path, 0o755);
}

function git(base: string, cwd: string, ...args: readonly string[]): string {
  const settings = [
    'user.name=o',
    'user.email=o@example.com',
    'init.defaultBranch=main',
    'core.fsmonitor=false',
    'core.hooksPath=/dev/null',
  ];
  const env = { PATH: process.env['PATH'], HOME: join(base, 'home'), GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
}

function commitAll(base: string, folder: string, paths: readonly string[]): void {
  git(base, folder, 'add', ...paths);
  git(base, folder, 'commit', '-q', '--allow-empty', '-m', 'more');
}

/** Settings of each repository; `./x` is a program in it. */
const REPOSITORIES: Readonly<Record<string, string>> = {
  fsmonitor: '[core]\n\tfsmonitor = ./x\n',
  textconv: '[diff "t"]\n\ttextconv = ./x\n',
  filter: '[filter "t"]\n\tclean = ./x\n\tsmudge = ./x\n\tprocess = ./x\n',
  pager: '[core]\n\tpager = ./x\n[pager]\n\tlog = ./x\n\tstatus = ./x\n\tbranch = ./x\n',
  include: '[include]\n\tpath = ../more\n',
  worktree: '[core]\n\tworktree = ../../../../outside\n',
  commondir: '',
  alternates: '',
  promisor: '[remote "o"]\n\tpromisor = true\n\turl = ext::./x\n[protocol "ext"]\n\tallow = always\n',
  external: '[diff]\n\texternal = ./x\n[diff "t"]\n\tcommand = ./x\n',
  hooks: '[core]\n\thooksPath = hooks-of-mine\n',
  signature: '[log]\n\tshowSignature = true\n[gpg]\n\tprogram = ./x\n',
};

function layRepositories(base: string, folder: string): void {
  for (const [name, settings] of Object.entries(REPOSITORIES)) {
    const at = join(folder, name);
    program(join(at, 'x'));
    writeFileSync(join(at, 'f.txt'), 'one\n');
    writeFileSync(join(at, '.gitattributes'), '*.txt diff=t filter=t\n');
    writeFileSync(join(at, '.env'), `SECRET=${SECRET}\n`);
    git(base, at, 'init', '-q');
    commitAll(base, at, ['-f', '.']);
    writeFileSync(join(at, 'f.txt'), 'two\n');
    writeFileSync(join(at, '.git/more'), '[core]\n\tfsmonitor = ./x\n');
    program(join(at, 'hooks-of-mine/post-index-change'));
    writeFileSync(join(at, '.git/config'), `[core]\n\trepositoryformatversion = 0\n\tbare = false\n${settings}`);
  }
  mkdirSync(join(base, 'other'), { recursive: true });
  writeFileSync(join(base, 'other/secret.txt'), `SECRET=${SECRET}\n`);
  git(base, join(base, 'other'), 'init', '-q');
  commitAll(base, join(base, 'other'), ['.']);
  writeFileSync(join(folder, 'commondir/.git/commondir'), join(base, 'other/.git'));
  rmSync(join(folder, 'commondir/.git/refs'), { recursive: true });
  writeFileSync(join(folder, 'alternates/.git/objects/info/alternates'), `${join(base, 'other/.git/objects')}\n`);
  for (const name of ['bare', 'empty-git']) {
    const at = join(folder, name);
    git(base, folder, 'init', '-q', '--bare', at);
    program(join(at, 'x'));
    writeFileSync(join(at, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n\tfsmonitor = ./x\n');
  }
  mkdirSync(join(folder, 'empty-git/.git'));
}

function hostileEnvironment(base: string): Readonly<Record<string, string>> {
  const project = join(base, 'project');
  return {
    PATH: `node_modules/.bin:${project}/node_modules/.bin:${base}/bin:/usr/local/bin:/usr/bin:/bin`,
    BASH_ENV: `${project}/evil.sh`,
    ENV: `${project}/evil.sh`,
    'BASH_FUNC_ls%%': '() { touch pwned; }',
    'BASH_FUNC_echo%%': '() { touch pwned; }',
    GIT_EXTERNAL_DIFF: './x',
    GIT_PAGER: './x',
    PAGER: './x',
    GIT_DIR: `${project}/repos/fsmonitor/.git`,
    GIT_CONFIG_GLOBAL: `${project}/repos/pager/.git/config`,
    LESSOPEN: '|./x %s',
    GREP_OPTIONS: '-r',
    GREP_COLORS: 'x',
    RIPGREP_CONFIG_PATH: `${project}/.rgrc`,
    NODE_OPTIONS: `--require ${project}/evil.js`,
    npm_config_script_shell: './x',
    CDPATH: '/etc',
    IFS: '/',
    GLOBIGNORE: '*',
    AWKPATH: project,
    AWKLIBPATH: project,
    TZ: `${project}/.env`,
  };
}
