/**
 * The programs and options that are marked. A function gets the words after the program's name and returns the index of the word
 * that decides, or undefined; `true` and -1: the name alone does. Pure.
 */
type Rule = true | ((words: readonly string[]) => number | undefined);

/** One of these options, long or in a group of letters. */
function option(letters: string, ...names: string[]): (words: readonly string[]) => number | undefined {
  const isGroup = (word: string) => /^-[A-Za-z]+$/.test(word) && [...letters].some((letter) => word.includes(letter));
  return (words) => at(words.findIndex((word) => isGroup(word) || names.some((name) => word === name || word.startsWith(`${name}=`))));
}

/** One of these verbs: the first word that is no option. */
function verb(...verbs: string[]): (words: readonly string[]) => number | undefined {
  return (words) => {
    const index = words.findIndex((word) => !word.startsWith('-'));
    return index >= 0 && verbs.includes(words[index] ?? '') ? index : undefined;
  };
}

const at = (index: number): number | undefined => (index < 0 ? undefined : index);

type Verbs = Readonly<Record<string, Rule>>;

/** By the verb of a program with global options, some of which take the next word (`git -C folder push`). */
function byVerb(verbs: Verbs, values: readonly string[] = []): (words: readonly string[]) => number | undefined {
  return (words) => {
    const index = words.findIndex((word, here) => !word.startsWith('-') && !values.includes(words[here - 1] ?? ''));
    const name = words[index] ?? '';
    const rule = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (rule === undefined || rule === true) return rule && index;
    const inside = rule(words.slice(index + 1));
    return inside === undefined ? undefined : index + 1 + inside;
  };
}

const GIT_VALUES = ['-C', '-c', '--git-dir', '--work-tree', '--namespace'];

const GIT_DESTROYS: Verbs = {
  reset: option('', '--hard', '--merge'),
  push: (words) =>
    option('fd', '--force', '--force-with-lease', '--mirror', '--delete', '--prune')(words) ??
    at(words.findIndex((word) => /^[+:]./.test(word))),
  clean: (words) => (option('n', '--dry-run')(words) === undefined ? option('fdxX', '--force')(words) : undefined),
  checkout: (words) => option('f', '--force')(words) ?? at(words.findIndex((word) => word === '--' || word === '.')),
  restore: (words) =>
    words.includes('--staged') && !words.includes('--worktree') ? undefined : at(words.findIndex((word) => !word.startsWith('-'))),
  switch: option('f', '--force', '--discard-changes'),
  rm: (words) => (words.includes('--cached') ? undefined : at(words.findIndex((word) => !word.startsWith('-')))),
  branch: option('D', '--delete'),
  tag: option('d', '--delete'),
  stash: verb('drop', 'clear'),
  reflog: verb('expire', 'delete'),
  'update-ref': option('d'),
  'filter-branch': true,
  'filter-repo': true,
};

export const DESTRUCTIVE: Readonly<Record<string, Rule>> = {
  rm: true,
  unlink: true,
  shred: true,
  srm: true,
  truncate: true,
  mkfs: true,
  'mkfs.ext4': true,
  'mkfs.xfs': true,
  'mkfs.btrfs': true,
  'mkfs.vfat': true,
  mke2fs: true,
  mkswap: true,
  wipefs: true,
  blkdiscard: true,
  fdisk: true,
  sfdisk: true,
  parted: true,
  shutdown: true,
  reboot: true,
  poweroff: true,
  dropdb: true,
  dd: (words) => at(words.findIndex((word) => word.startsWith('of='))),
  chmod: option('R', '--recursive'),
  chown: option('R', '--recursive'),
  chgrp: option('R', '--recursive'),
  find: (words) =>
    at(
      words.findIndex(
        (word, here) =>
          word === '-delete' || (/^-(?:exec|ok)(?:dir)?$/.test(words[here - 1] ?? '') && /(?:^|\/)(?:rm|unlink|shred)$/.test(word)),
      ),
    ),
  rsync: option('', '--delete', '--remove-source-files'),
  crontab: option('r'),
  git: byVerb(GIT_DESTROYS, GIT_VALUES),
  docker: byVerb({
    rm: true,
    rmi: true,
    system: verb('prune'),
    volume: verb('rm', 'prune'),
    image: verb('rm', 'prune'),
    container: verb('rm', 'prune'),
  }),
  podman: byVerb({ rm: true, rmi: true, system: verb('prune'), volume: verb('rm', 'prune') }),
  kubectl: verb('delete', 'drain'),
  terraform: verb('destroy'),
  npm: verb('unpublish'),
};

const INSTALLS = [
  'install',
  'i',
  'ci',
  'add',
  'update',
  'upgrade',
  'up',
  'dlx',
  'publish',
  'unpublish',
  'audit',
  'outdated',
  'view',
  'info',
  'create',
  'init',
];
const packages = verb(...INSTALLS);
/** `yarn` alone installs. */
const orAlone = (words: readonly string[]): number | undefined => (words.length === 0 ? -1 : packages(words));
const system = verb('install', 'update', 'upgrade', 'dist-upgrade', 'full-upgrade', 'download', 'add', 'refresh', 'search', 'tap');
const remote = (words: readonly string[]): number | undefined =>
  at(words.findIndex((word) => /^(?:[\w.-]+@)?[\w.-]+:|^\w+:\/\//.test(word)));

export const NETWORK: Readonly<Record<string, Rule>> = {
  curl: true,
  wget: true,
  http: true,
  https: true,
  xh: true,
  aria2c: true,
  lynx: true,
  w3m: true,
  ssh: true,
  sftp: true,
  'ssh-copy-id': true,
  mosh: true,
  telnet: true,
  ftp: true,
  nc: true,
  ncat: true,
  netcat: true,
  socat: true,
  nmap: true,
  ping: true,
  traceroute: true,
  dig: true,
  nslookup: true,
  host: true,
  npx: true,
  pnpx: true,
  bunx: true,
  uvx: true,
  gh: true,
  glab: true,
  aws: true,
  gcloud: true,
  az: true,
  kubectl: true,
  scp: remote,
  rsync: remote,
  git: byVerb(
    {
      push: true,
      pull: true,
      fetch: true,
      clone: true,
      'ls-remote': true,
      remote: verb('update', 'show', 'prune'),
      submodule: verb('update', 'add'),
      lfs: verb('push', 'pull', 'fetch'),
    },
    GIT_VALUES,
  ),
  npm: packages,
  pnpm: packages,
  yarn: orAlone,
  bun: packages,
  pip: verb('install', 'download', 'search', 'index'),
  pip3: verb('install', 'download', 'search', 'index'),
  pipx: verb('install', 'run', 'upgrade'),
  uv: byVerb({ pip: verb('install', 'sync'), add: true, sync: true, lock: true, tool: verb('install', 'run'), publish: true }),
  poetry: verb('install', 'add', 'update', 'lock', 'publish'),
  cargo: verb('install', 'fetch', 'update', 'publish', 'add', 'search'),
  go: byVerb({ get: true, install: true, mod: verb('download', 'tidy') }),
  gem: verb('install', 'update', 'push', 'fetch'),
  bundle: verb('install', 'update', 'add'),
  composer: verb('install', 'update', 'require'),
  apt: system,
  'apt-get': system,
  dnf: system,
  yum: system,
  apk: system,
  brew: system,
  snap: system,
  zypper: system,
  pacman: option('S'),
  docker: byVerb({ pull: true, push: true, login: true, search: true, compose: verb('pull', 'push'), image: verb('pull', 'push') }),
  podman: byVerb({ pull: true, push: true, login: true, search: true }),
};

export const PRIVILEGE: ReadonlySet<string> = new Set(['sudo', 'sudoedit', 'su', 'doas', 'pkexec', 'runuser']);

/** They run what comes from a pipe. */
export const SHELLS: ReadonlySet<string> = new Set([
  'bash',
  'sh',
  'zsh',
  'dash',
  'ksh',
  'fish',
  'python',
  'python3',
  'perl',
  'ruby',
  'node',
  'php',
]);

/** Programs that run the command after them: the options that take the next word, and the operands before the command. */
export const WRAPPER_VALUES: Readonly<Record<string, { readonly values: string; readonly operands: number }>> = {
  sudo: { values: 'ugpCrtTUDRh', operands: 0 },
  doas: { values: 'uC', operands: 0 },
  pkexec: { values: '', operands: 0 },
  env: { values: 'uC', operands: 0 },
  nohup: { values: '', operands: 0 },
  time: { values: 'fo', operands: 0 },
  timeout: { values: 'sk', operands: 1 },
  nice: { values: 'n', operands: 0 },
  ionice: { values: 'cnp', operands: 0 },
  command: { values: '', operands: 0 },
  builtin: { values: '', operands: 0 },
  exec: { values: 'a', operands: 0 },
  xargs: { values: 'nLPIdEsa', operands: 0 },
  stdbuf: { values: 'ioe', operands: 0 },
  setsid: { values: '', operands: 0 },
  watch: { values: 'n', operands: 0 },
  busybox: { values: '', operands: 0 },
  flock: { values: 'wE', operands: 1 },
  chroot: { values: '', operands: 1 },
  strace: { values: 'eopP', operands: 0 },
};
