/**
 * git commands that only read. Options before the sub-command change which repository and which settings apply, and some
 * options run programs, so both are listed one by one. Programs in the repository's own settings are looked up when the call
 * is made. Pure.
 */
import { toAccess, type CommandVerdict, isAbbreviation, pathInOption, unknownWord } from './command-verdict.ts';
import type { ShellWord } from './shell-word.ts';

/** Sub-commands that read, whatever follows them, except for HARMFUL. */
const READS = new Set([
  'blame',
  'cat-file',
  'check-ignore',
  'count-objects',
  'describe',
  'diff',
  'diff-tree',
  'for-each-ref',
  'grep',
  'log',
  'ls-files',
  'ls-tree',
  'merge-base',
  'name-rev',
  'rev-list',
  'rev-parse',
  'shortlog',
  'show',
  'show-ref',
  'status',
  'version',
  'whatchanged',
]);

/** Options that write, run a program or read files outside the repository; abbreviations count as well. */
const HARMFUL = [
  'output',
  'ext-diff',
  'textconv',
  'filters',
  'open-files-in-pager',
  'show-signature',
  'upload-pack',
  'exec',
  'no-index',
  'stdin',
  'batch-command',
  'parseopt',
  'sq-quote',
];

/** Sub-commands that only read when they are followed by these words. */
const LISTING: Readonly<Record<string, RegExp>> = {
  branch:
    /^(-a|-r|-v|-vv|-av|-avv|-rv|--all|--remotes|--list|--show-current|--contains|--no-contains|--merged|--no-merged|--verbose|--sort=\w+|--no-color|--color|--column|--points-at)$/,
  tag: /^(-l|--list|--contains|--no-contains|--merged|--no-merged|--points-at|--sort=-?[\w:.]+|-n\d*|--no-color|--column)$/,
  remote: /^(-v|--verbose)$/,
  stash: /^list$/,
  worktree: /^list$/,
  reflog: /^(show|-n|-\d+|--oneline|--all|--date=\w+|HEAD)$/,
};

/** After one of these a name is searched for, not created. */
const NAMES_FOLLOW = /^(--list|-l|--contains|--no-contains|--merged|--no-merged|--points-at)$/;

export function classifyGit(words: readonly ShellWord[]): CommandVerdict {
  const unknown = words.find((word) => word.unknown !== 'none');
  if (unknown !== undefined) return unknownWord(unknown);
  const glob = words.find((word) => word.glob === 'first');
  if (glob !== undefined) return { ok: false, why: 'the names that match could be options of git', at: glob };
  let at = 1;
  while (/^(--no-pager|--no-optional-locks|--literal-pathspecs)$/.test(words[at]?.text ?? '')) at += 1;
  const [command, ...rest] = words.slice(at);
  if (command === undefined) return { ok: true, accesses: [] };
  if (command.text.startsWith('-')) return { ok: false, why: `git ${command.text} changes what git reads or runs`, at: command };
  const listing = Object.hasOwn(LISTING, command.text) ? LISTING[command.text] : undefined;
  if (listing !== undefined) return classifyListing(command, listing, rest);
  if (!READS.has(command.text))
    return { ok: false, why: `git ${command.text} can change the repository or reach the network`, at: command };
  const harmful = rest.find((word) => isHarmful(word) || (command.text === 'grep' && isHarmfulGrep(word)));
  if (harmful !== undefined)
    return { ok: false, why: `git ${command.text} with this option can run a program or write a file`, at: harmful };
  return { ok: true, usesGit: true, accesses: rest.flatMap(toPaths) };
}

function isHarmful({ text }: ShellWord): boolean {
  if (text.includes('%G')) return true; // asks gpg about signatures
  if (text.startsWith('--')) return text.length > 2 && HARMFUL.some((long) => isAbbreviation(text, long));
  return false;
}

/** Options of `git grep` that open a pager or search files outside git. */
function isHarmfulGrep({ text }: ShellWord): boolean {
  if (!text.startsWith('--')) return /^-[a-zA-Z]*O/.test(text);
  return text.length > 2 && ['untracked', 'no-exclude-standard'].some((long) => isAbbreviation(text, long));
}

function classifyListing(command: ShellWord, listing: RegExp, rest: readonly ShellWord[]): CommandVerdict {
  const isLooking = rest.some((word) => NAMES_FOLLOW.test(word.text));
  const odd = rest.find((word) => !listing.test(word.text) && (word.text.startsWith('-') || !isLooking));
  const isBare = rest.length === 0 && !['branch', 'tag', 'remote', 'reflog'].includes(command.text);
  if (odd !== undefined || isBare) return { ok: false, why: `git ${command.text} can change the repository`, at: odd ?? command };
  return { ok: true, usesGit: true, accesses: [] };
}

/**
 * `HEAD:.env`, `:0:.env`, `:(top).env` and `-L1,5:.env` name a file as well. Revisions look like names inside the project, so
 * treating them as paths does no harm.
 */
function toPaths(word: ShellWord) {
  const { text } = word;
  const ends = [...text.matchAll(/:(?:\([^)]*\)|[!^/]+)?/g)].map((colon) => text.slice(colon.index + colon[0].length));
  const names = [...(text.startsWith('-') ? [] : [text]), ...ends].filter((name) => name !== '');
  const read = names.map((name) => ({ ...toAccess({ ...word, text: name }, 'read'), recursive: false }));
  return text.startsWith('-') ? [...pathInOption(word), ...read] : read;
}
