/** The options of git's commands that only read. An option that is not listed asks. Source: the manuals of git 2.39. */

/** `shows`: prints contents of files: always, or with one of these options. */
export interface GitEntry {
  readonly options: string;
  readonly operands: 'revisions' | 'paths' | 'names' | 'pattern';
  readonly shows?: 'always' | readonly string[];
  /** Options added in front, which switch off programs that the repository names. */
  readonly added?: readonly string[];
  /** Operands must be commits: given a blob, the command would print it. */
  readonly onlyCommits?: true;
  /** Reads files of the working tree. */
  readonly readsFiles?: true;
  /** Less common; asks where there is no wall. */
  readonly needsWall?: true;
  /** Option for `-5`. */
  readonly digits?: string;
}

const DIFF = `p,patch u U,unified=text ,raw ,patch-with-raw ,stat?=text ,numstat ,shortstat ,dirstat?=text ,summary ,patch-with-stat
  ,compact-summary z ,name-only ,name-status s,no-patch ,color?=text ,no-color ,color-moved?=text ,no-color-moved ,word-diff?=text
  ,no-renames M,find-renames?=text C,find-copies?=text ,diff-filter=text S=text G=text ,pickaxe-all ,pickaxe-regex R ,relative?=text
  a,text ,ignore-cr-at-eol ,ignore-space-at-eol b,ignore-space-change w,ignore-all-space ,ignore-blank-lines ,inter-hunk-context=text
  W,function-context ,exit-code ,quiet ,minimal ,patience ,histogram ,diff-algorithm=text ,full-index ,binary ,abbrev?=text ,no-prefix
  ,src-prefix=text ,dst-prefix=text B,break-rewrites?=text l=text`;
const LOG = `n,max-count=text ,skip=text ,since=text ,after=text ,until=text ,before=text ,author=text ,committer=text ,grep=text
  ,all-match ,invert-grep i,regexp-ignore-case E,extended-regexp F,fixed-strings P,perl-regexp ,merges ,no-merges ,first-parent ,all
  ,branches?=text ,tags?=text ,remotes?=text ,exclude=text ,reverse ,topo-order ,date-order ,author-date-order ,oneline ,pretty?=text
  ,format=text ,abbrev-commit ,no-abbrev-commit ,date=text ,relative-date ,parents ,children ,left-right ,graph ,decorate?=text
  ,no-decorate ,source ,full-history ,simplify-by-decoration ,ancestry-path ,boundary ,cherry-pick ,cherry-mark ,left-only ,right-only
  m c ,cc ,follow g,walk-reflogs ,no-notes`;

const NO_PROGRAMS = ['--no-ext-diff', '--no-textconv'];

export const GIT_COMMANDS: Readonly<Record<string, GitEntry>> = {
  status: {
    options: `s,short b,branch ,show-stash ,porcelain?=text ,long z ,ahead-behind ,no-ahead-behind ,renames ,no-renames
      u,untracked-files?=text ,ignored?=text`,
    operands: 'paths',
    added: ['--ignore-submodules=all'],
  },
  log: {
    options: `${LOG} ${DIFF}`,
    operands: 'revisions',
    digits: 'n',
    shows: [
      'p',
      'u',
      'U',
      'S',
      'G',
      'W',
      'c',
      'm',
      'cc',
      'word-diff',
      'patch-with-raw',
      'patch-with-stat',
      'color-moved',
      'binary',
      'full-index',
      'text',
    ],
    added: NO_PROGRAMS,
  },
  show: { options: `${LOG} ${DIFF}`, operands: 'revisions', digits: 'n', shows: 'always', onlyCommits: true, added: NO_PROGRAMS },
  diff: {
    options: `${DIFF} ,cached ,staged ,merge-base`,
    operands: 'revisions',
    shows: 'always',
    onlyCommits: true,
    added: [...NO_PROGRAMS, '--ignore-submodules=all'],
    readsFiles: true,
  },
  grep: {
    options: `,cached a,text I i,ignore-case w,word-regexp v,invert-match h H ,full-name E,extended-regexp G,basic-regexp P,perl-regexp
      F,fixed-strings n,line-number ,column l,files-with-matches ,name-only L,files-without-match z,null o,only-matching c,count ,color?=text
      ,no-color ,break ,heading p,show-function A,after-context=text B,before-context=text C,context=text W,function-context m,max-count=text
      e=text ,and ,or ,not ,all-match q,quiet ,max-depth=text`,
    operands: 'pattern',
    digits: 'C',
    shows: 'always',
    onlyCommits: true,
    added: ['--no-textconv', '--no-recurse-submodules'],
    readsFiles: true,
  },
  blame: {
    options: 'L=text l t e,show-email s w M?=text C?=text ,date=text ,root f,show-name n,show-number ,abbrev=text',
    operands: 'revisions',
    onlyCommits: true,
    added: ['--no-textconv'],
  },
  shortlog: { options: 'n,numbered s,summary e,email ,since=text ,until=text ,all ,no-merges', operands: 'revisions' },
  describe: {
    options: ',tags ,all ,long ,always ,abbrev=text ,match=text ,exclude=text ,exact-match ,first-parent ,candidates=text',
    operands: 'names',
  },
  'rev-parse': {
    options: `,abbrev-ref?=text ,short?=text ,verify q,quiet ,show-toplevel ,show-prefix ,show-cdup ,git-dir ,absolute-git-dir
      ,git-common-dir ,is-inside-work-tree ,is-bare-repository ,is-shallow-repository ,symbolic-full-name ,symbolic ,all ,branches?=text
      ,tags?=text ,remotes?=text`,
    operands: 'names',
  },
  'rev-list': { options: `${LOG} ,count ,header ,left-right`, operands: 'revisions', digits: 'n', needsWall: true },
  'merge-base': { options: 'a,all ,is-ancestor ,fork-point ,octopus ,independent', operands: 'names' },
  'ls-files': {
    options:
      'c,cached d,deleted m,modified o,others i,ignored s,stage u,unmerged t v z ,directory ,exclude-standard ,full-name ,error-unmatch x,exclude=text ,eol ,abbrev=text',
    operands: 'paths',
  },
  'ls-tree': {
    options: 'd r t l,long z ,name-only ,name-status ,full-name ,full-tree ,abbrev=text',
    operands: 'revisions',
    needsWall: true,
  },
  'show-ref': { options: ',head ,heads ,tags d,dereference s,hash?=text ,verify ,abbrev=text q,quiet', operands: 'names', needsWall: true },
  'for-each-ref': {
    options:
      ',format=text ,sort=text ,count=text ,points-at=text ,merged=text ,no-merged=text ,contains=text ,no-contains=text ,color?=text',
    operands: 'names',
    needsWall: true,
  },
  'name-rev': { options: ',tags ,name-only ,always', operands: 'names', needsWall: true },
  'count-objects': { options: 'v,verbose H,human-readable', operands: 'names', needsWall: true },
  version: { options: '', operands: 'names' },
};

/** Commands that only read when every word is one of these. */
export const GIT_LISTINGS: Readonly<Record<string, RegExp>> = {
  branch:
    /^(-a|-r|-v|-vv|-av|-avv|-rv|--all|--remotes|--list|--show-current|--contains|--no-contains|--merged|--no-merged|--verbose|--sort=-?\w+|--no-color|--color|--column|--points-at)$/,
  tag: /^(-l|--list|--contains|--no-contains|--merged|--no-merged|--points-at|--sort=-?[\w:.]+|-n\d*|--no-color|--column)$/,
  remote: /^(-v|--verbose)$/,
  stash: /^list$/,
  worktree: /^list$/,
  reflog: /^(show|-n|-\d+|--oneline|--all|--date=\w+|HEAD)$/,
};

/** After one of these a name is searched for, not created. */
export const NAMES_FOLLOW = /^(--list|-l|--contains|--no-contains|--merged|--no-merged|--points-at)$/;
