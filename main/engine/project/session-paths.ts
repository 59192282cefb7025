import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ProjectId } from '../../../preload/contract/index.ts';
import type { EnginePaths } from '../ports.ts';

/** A folder's name below `projects/`: every character but letters and digits becomes `-`. Source: docs/formats.md 2.1. */
export function sanitizedFolder(cwd: string, platform: NodeJS.Platform): string {
  return normalCase(cwd, platform).replace(/[^A-Za-z0-9]/g, '-');
}

/** Where Qwen Code keeps the sessions of a folder. */
export function getChatsDir(paths: EnginePaths, cwd: string, platform: NodeJS.Platform): string {
  return join(paths.qwenRuntime, 'projects', sanitizedFolder(cwd, platform), 'chats');
}

/** Where Qwen Code keeps temporary files of a project: shell output, shortened results. */
export function getTempDir(paths: EnginePaths, root: string, platform: NodeJS.Platform): string {
  return join(paths.qwenRuntime, 'tmp', sha256(normalCase(root, platform)));
}

/** Stable after restarts and the same in every host: it is derived only from the real path. */
export function toProjectId(root: string, platform: NodeJS.Platform): ProjectId {
  return ProjectId.parse(`prj_${sha256(normalCase(root, platform)).slice(0, 16)}`);
}

function normalCase(path: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? path.toLowerCase() : path;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Where the commands of a session write their output. Source: docs/formats.md 5.1. */
export function shellOutputFolder(tempDir: string, sessionId: string): string {
  return join(tempDir, 'background-shells', sessionId);
}
