import type { HostEvent } from '../../../preload/contract/index.ts';
import type { Logger } from '../ports.ts';
import type { FileProblem } from './front-matter-files.ts';

/** Notifies the user of a skill, a command or a subagent that is left out because its file is broken. */
export function createBrokenFileNotifier(ports: {
  readonly emit: (event: HostEvent) => void;
  readonly logger: Logger;
}): (problem: FileProblem) => void {
  return ({ path, line, message }) => {
    ports.logger.warn('A file with front matter was left out', { path, line, message });
    const text = `${path}, line ${line}, was skipped: ${message} Fix the file; it is read again when it is next needed.`;
    ports.emit({ event: 'notice.raised', data: { level: 'warning', code: 'settings_broken', message: text } });
  };
}
