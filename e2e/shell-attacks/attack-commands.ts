/** Attacks drawn from the manuals: options and their beginnings, values, patterns, hostile names, links, hostile repositories. */
import { GIT_MANUALS, MANUALS } from './manual-options.ts';

/** Names in the project of attack-cage.ts, and texts that would do harm in the wrong place. */
export const HOSTILE_NAMES: readonly string[] = [
  'BEGIN{system("touch pwned")}',
  '{print >"pwned"}',
  's,a,touch pwned,e;s,b,b,',
  'w pwned',
  '1e touch pwned',
  '-opwned',
  '--output=pwned',
  '-delete',
  '-exec',
  '-f.env',
  '-e.',
  '--files0-from=names.txt',
  '--pre=.',
  '$(touch pwned)',
  '`touch pwned`',
  'a;touch pwned',
  'env',
  '~',
  '{a,b}',
  '[a]',
  '*',
];
const FILES = ['a.txt', 'src', 'src/b.ts', '.', '*.txt', 'with space.txt', 'package.json'];
const SECRETS = [
  '.env',
  './.env',
  'hard.txt',
  'soft',
  'link-to-env',
  'dir-link/f.txt',
  '../outside/f.txt',
  'src/deep/.env',
  '~/.ssh/id_rsa',
  '$HOME/.ssh/id_rsa',
  '.e*',
  '.en[v]',
  '.{env,x}',
  'h*',
  's*',
  '*',
  'src/*',
  'names.txt',
  '/etc/passwd',
  'dir-link/*',
  './-*',
];
const PATTERNS = ['B*', 's*e*', '-*', '--*', '*', '[-]*', '?*', './*', '{*', '1*', 'w*', '$*', "'$'*", '~', '"~"', '*pwned*'];
const VALUES = [
  '1',
  'pwned',
  './x',
  '/tmp/pwned',
  '.env',
  'soft',
  'hard.txt',
  'names.txt',
  '|./x',
  '!touch pwned',
  '%G?',
  '%(raw)',
  'always',
  '1,5:.env',
  'recurse',
  '"touch pwned"',
  'script.awk',
  'script.sed',
  '../outside/f.txt',
  '*',
];
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  awk: [
    "'{print $1}'",
    '\'BEGIN{system("touch pwned")}\'',
    '\'{print > "pwned"}\'',
    '\'{while((getline l < ".env")>0) print l}\'',
    '\'{print | "sh"}\'',
    "'NR>1'",
    '\'BEGIN{print ENVIRON["HOME"]}\'',
    "'/a|b/{print}'",
    '\'{f=".env"; getline < f; print}\'',
    '\'@load "x"\'',
    '\'{ printf "%s", $1 >> "pwned" }\'',
    '\'1/1;system("touch pwned");1/1\'',
  ],
  sed: [
    "'s/a/b/'",
    "'s/a/b/w pwned'",
    "'w pwned'",
    "'1e touch pwned'",
    "'r .env'",
    "'R .env'",
    "'s/x/touch pwned/e'",
    "'$!N;P;D'",
    "'1,3p'",
    "'/x/{p;w pwned\n}'",
    "'s,[,],x,e;s,b,b,'",
    "'y/ab/cd/'",
    "'1F'",
    "'W pwned'",
  ],
  jq: [
    '.',
    '.name',
    'env',
    "'$ENV'",
    "'input'",
    '\'import "x" as x; .\'',
    "'$__prog_args'",
    '\'"a"|modulemeta\'',
    "'inputs'",
    '\'@sh "x"\'',
    "'keys'",
  ],
  find: [
    '.',
    'src',
    '-L .',
    '. -name "*.ts"',
    '. -delete',
    '. -exec touch pwned {} +',
    '. -fprint pwned',
    '. -newer .env',
    '-files0-from names.txt',
  ],
  git: [],
};
const REPOSITORIES = [
  'fsmonitor',
  'textconv',
  'filter',
  'pager',
  'include',
  'worktree',
  'commondir',
  'bare',
  'empty-git',
  'alternates',
  'promisor',
  'external',
  'hooks',
  'signature',
];
const REVISIONS = [
  'HEAD',
  'HEAD~1',
  'HEAD:.env',
  ':.env',
  ':0:.env',
  'HEAD^{tree}',
  'HEAD..HEAD',
  'HEAD --',
  '-- .env',
  "-- ':(top).env'",
  "-- ':!x'",
  '-- .',
  "-- '.e*'",
  '-- *',
  '--all',
  'BLOB',
  'BLOB BLOB',
  'BLOB..BLOB',
  'HEAD^@',
  '@{0}',
  'secret-blob',
  ':/first',
  '-',
  '.env',
  'soft',
];
const PREFIXES = [
  '',
  '',
  '',
  '',
  'command ',
  'time ',
  'timeout 5 ',
  'nice ',
  'LC_ALL=C ',
  'cd src && ',
  'cd dir-link && ',
  'cd dir-link/.. && ',
  'command cd src && ',
  '(cd ..; ',
  'x=.env; ',
  '! ',
  'builtin ',
  'exec ',
];
const SUFFIXES = [
  '',
  '',
  '',
  '',
  ' | head',
  ' 2>&1',
  ' 2>/dev/null',
  ' > pwned',
  ' < .env',
  ' <<< x',
  ' | cat',
  ' && ls',
  ' || true',
  ' | sort -u',
  ' < soft',
  ' &',
];

export interface Random {
  pick<T>(values: readonly T[]): T;
  chance(share: number): boolean;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    pick(values) {
      const value = values[Math.floor(next() * values.length)];
      if (value === undefined) throw new Error('nothing to pick from');
      return value;
    },
    chance: (share) => next() < share,
  };
}

/** Different commands, the same for the same seed. `blob`: the id of a stored file that is protected. */
export function drawAttacks(count: number, seed: number, blob: string): readonly string[] {
  const random = createRandom(seed);
  const found = new Set<string>();
  while (found.size < count) found.add(draw(random).replaceAll('BLOB', blob));
  return [...found];
}

function draw(random: Random): string {
  const core = random.chance(0.35) ? drawGit(random) : drawProgram(random);
  const prefix = random.pick(PREFIXES);
  return `${prefix}${core}${random.pick(SUFFIXES)}${prefix.startsWith('(') ? ')' : ''}`;
}

function drawProgram(random: Random): string {
  const name = random.pick(Object.keys(MANUALS));
  const words = [name];
  const options = (MANUALS[name] ?? '').split(' ');
  const addOption = () => words.push(drawOption(random, options, name));
  if (random.chance(0.75)) addOption();
  if (random.chance(0.3)) addOption();
  const scripts = SCRIPTS[name];
  if (scripts !== undefined) words.push(random.chance(0.3) ? random.pick(PATTERNS) : random.pick(scripts));
  else if (/grep|^rg$/.test(name) && random.chance(0.8)) words.push(random.pick(['x', '.', 'SECRET', '-e .', "''"]));
  if (random.chance(0.8)) words.push(drawOperand(random));
  if (random.chance(0.3)) words.push(drawOperand(random));
  if (random.chance(0.2)) addOption();
  return words.join(' ');
}

/** An option as it is listed, shortened as getopt allows, in a group, quoted in part, with its value attached, separate or missing. */
function drawOption(random: Random, options: readonly string[], name: string): string {
  const listed = random.pick(options);
  const takesValue = listed.endsWith('=');
  let option = takesValue ? listed.slice(0, -1) : listed;
  const isLong = option.startsWith('--');
  if (isLong && random.chance(0.6)) option = option.slice(0, 3 + Math.floor((option.length - 3) * (random.chance(0.5) ? 0.4 : 0.8)));
  if (random.chance(0.08)) option = `"${option}"`;
  if (random.chance(0.05)) option = `${option.slice(0, 2)}''${option.slice(2)}`;
  if (!takesValue) return option;
  const value = random.chance(0.5) ? random.pick(VALUES) : random.pick(SECRETS);
  if (name === 'find') return `${option} ${value}`;
  return random.pick(isLong ? [`${option}=${value}`, `${option} ${value}`, option] : [`${option}${value}`, `${option} ${value}`, option]);
}

function drawOperand(random: Random): string {
  if (random.chance(0.4)) return random.pick(FILES);
  if (random.chance(0.5)) return random.pick(SECRETS);
  if (random.chance(0.5)) return random.pick(PATTERNS);
  return `'${random.pick(HOSTILE_NAMES)}'`;
}

function drawGit(random: Random): string {
  const command = random.pick(Object.keys(GIT_MANUALS));
  const place = random.chance(0.4)
    ? `${random.pick(['cd', 'command cd', 'cd --', 'cd ./'])} repos/${random.pick(REPOSITORIES)} ${random.pick(['&&', ';'])} `
    : '';
  const words = [
    random.pick([
      'git',
      'git',
      'git',
      'git --no-pager',
      'git -p',
      'git -c core.pager=./x',
      'git -C repos/bare',
      'git --git-dir=repos/bare',
    ]),
    command,
  ];
  const options = (GIT_MANUALS[command] ?? '').split(' ');
  if (random.chance(0.8)) words.push(drawOption(random, options, 'git'));
  if (random.chance(0.3)) words.push(drawOption(random, options, 'git'));
  if (command === 'grep') words.push(random.pick(['x', 'SECRET', '.']));
  if (random.chance(0.6)) words.push(random.pick(REVISIONS));
  if (random.chance(0.3)) words.push(drawOperand(random));
  return place + words.join(' ');
}
