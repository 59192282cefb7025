/**
 * The files of a folder for programs that read them without an approval: only those inside the folder that `read_file` reads without a
 * question.
 */
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { ProjectId } from '../../preload/contract/index.ts';
import { EngineError } from './errors.ts';
import { compileGlob } from './lib/glob-pattern.ts';
import { isWithin } from './lib/within.ts';
import type { PathLists } from './mention/index.ts';
import type { WorkspaceFs } from './ports.ts';
import { type SearchPlaces, whyExcluded } from './tool/index.ts';
import type { WorkspaceFiles } from './workspace-files-api.ts';

export interface WorkspaceFilesDeps {
  readonly fs: WorkspaceFs;
  readonly place: (projectId: ProjectId) => SearchPlaces;
  readonly pathLists: PathLists;
  readonly hidden: (projectId: ProjectId) => Promise<(path: string) => boolean>;
  readonly unreadable: (projectId: ProjectId) => Promise<(path: string) => boolean>;
}

export function createWorkspaceFiles({ fs, place, pathLists, hidden, unreadable }: WorkspaceFilesDeps): WorkspaceFiles {
  /** Its links resolved, and the path that the rules judge. */
  async function locate(projectId: ProjectId, path: string) {
    const { root } = place(projectId);
    const named = resolve(root, path);
    const [real, realRoot] = await Promise.all([fs.realPath(named), fs.realPath(root)]);
    if (isAbsolute(path) && !isWithin(named, root)) throw outside(path);
    if (!isWithin(real, realRoot) || !isWithin(named, root)) throw outside(path);
    return { real, named, shown: relative(root, named) || '.' };
  }

  async function statOf(real: string, path: string) {
    const stat = await fs.stat(real);
    if (stat === undefined) throw new EngineError('file_not_found', `path does not exist: ${path}`);
    return stat;
  }

  return {
    async stat(projectId, path) {
      const { real, named, shown } = await locate(projectId, path);
      const isHidden = await hidden(projectId);
      if (isHidden(real) || isHidden(named)) throw new EngineError('file_not_found', `path does not exist: ${path}`);
      return { path: shown, ...(await statOf(real, path)) };
    },
    async read(projectId, path, limitBytes) {
      const { real, named, shown } = await locate(projectId, path);
      const isUnreadable = await unreadable(projectId);
      if (isUnreadable(real) || isUnreadable(named)) throw refused(`${path} is protected, or a rule of the settings denies reading it.`);
      const excluded = await whyExcluded(named, place(projectId));
      if (excluded !== undefined) throw refused(excluded);
      const stat = await statOf(real, path);
      if (!stat.isFile) throw new EngineError('file_unreadable', `path is not a regular file: ${path}`);
      return { path: shown, sizeBytes: stat.sizeBytes, bytes: await fs.readBytes(real, limitBytes) };
    },
    async list(projectId, path) {
      const { real, named, shown } = await locate(projectId, path);
      const stat = await statOf(real, path);
      if (!stat.isDirectory) throw new EngineError('file_unreadable', `path is not a folder: ${path}`);
      const [entries, isHidden] = await Promise.all([fs.list(real), hidden(projectId)]);
      return { path: shown, entries: entries.filter(({ name }) => !isHidden(join(real, name)) && !isHidden(join(named, name))) };
    },
    async glob(projectId, pattern) {
      const { root } = place(projectId);
      const [list, isHidden] = await Promise.all([pathLists.list(place(projectId), { fresh: true }), hidden(projectId)]);
      const matches = compileGlob(pattern);
      const paths = list.entries.map(({ path }) => path).filter((path) => !path.endsWith('/') && matches(path.split(sep).join('/')));
      return { paths: paths.filter((path) => !isHidden(join(root, path))), isWhole: list.isWhole };
    },
  };
}

function outside(path: string): EngineError {
  return new EngineError('path_outside_workspace', `path escapes workspace: ${path}`);
}

function refused(message: string): EngineError {
  return new EngineError('permission_denied', message);
}
