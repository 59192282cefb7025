/**
 * Whether a command that runs without a question goes behind the wall, and which files are hidden there. The wall is a second line:
 * it hides the protected files that are quickly found, because every hidden file costs time.
 */
import { dirname, join } from 'node:path';
import type { WorkspaceFs } from '../../../ports.ts';
import { classifyPath } from '../../protected-paths.ts';
import { SECRET_PATHS } from '../../protected-names.ts';
import type { Exclusions } from '../exclusions.ts';
import type { PartPlan } from '../judge-part.ts';

/** Programs that open no file that the command names; a wall would only cost time. */
const NO_FILES = new Set('date basename dirname seq whoami id uname arch nproc uptime printenv which nice timeout'.split(' '));
/** Programs that show names and sizes, and no contents: files stay as they are, or they would be shown as empty. */
const LISTS = new Set('ls stat tree du realpath readlink'.split(' '));
/** Each costs about 0.3 ms. */
const MAX_HIDDEN = 40;

export function opensFiles(plans: readonly PartPlan[]): boolean {
  return plans.some(({ tokens, edits }) => edits.length > 0 || tokens.some((token) => 'program' in token && !NO_FILES.has(token.program)));
}

export function readsContents(plans: readonly PartPlan[]): boolean {
  const isOther = (name: string) => !NO_FILES.has(name) && !LISTS.has(name);
  return plans.some(({ tokens, edits }) => edits.length > 0 || tokens.some((token) => 'program' in token && isOther(token.program)));
}

export interface HiddenOptions {
  readonly home: string | undefined;
  readonly roots: readonly string[];
  /** All folders the command may be in. */
  readonly folders: readonly string[];
  readonly fs: Pick<WorkspaceFs, 'list' | 'stat'>;
  readonly exclusions?: Exclusions;
}

export interface HiddenFiles {
  readonly ofHome: readonly string[];
  readonly ofWorkspace: readonly string[];
}

/** Protected files at the top of the home folder, at the places that are known below it, and in the folders of the command. */
export async function findHidden({ home, roots, folders, fs, exclusions }: HiddenOptions): Promise<HiddenFiles> {
  const secretsIn = async (folder: string) => {
    const entries = await fs.list(folder).catch(() => []);
    return entries.flatMap(({ name, isDirectory }) => {
      const path = join(folder, name);
      const isSecret = classifyPath(path, path, roots, home).protection === 'secret';
      return isSecret || (!isDirectory && exclusions?.excludes(path) === true) ? [path] : [];
    });
  };
  const [ofHome, ofWorkspace] = await Promise.all([
    home === undefined ? [] : findInHome(home, secretsIn, fs),
    Promise.all([...new Set([...roots, ...folders])].map(secretsIn)),
  ]);
  return { ofHome: ofHome.slice(0, MAX_HIDDEN), ofWorkspace: ofWorkspace.flat().slice(0, MAX_HIDDEN) };
}

async function findInHome(
  home: string,
  secretsIn: (folder: string) => Promise<readonly string[]>,
  fs: HiddenOptions['fs'],
): Promise<readonly string[]> {
  const names = new Set((await fs.list(home).catch(() => [])).map(({ name }) => name.toLowerCase()));
  const known = SECRET_PATHS.map((path) => path.replace(/\/$/, '')).filter((path) => names.has(path.split('/')[0] ?? ''));
  const parents = [...new Set([home, ...known.map((path) => dirname(join(home, path)))])];
  return [...new Set((await Promise.all(parents.map(secretsIn))).flat())];
}
