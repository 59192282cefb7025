import type { SessionSummary } from '../../preload/contract/index.ts';
import type { SessionsArgs } from './args.ts';
import { EXIT } from './exit-codes.ts';
import { openNodeEngine } from './node-engine.ts';

/** `gantry sessions list`: the sessions of this folder, newest first. */
export async function sessionsCommand(args: SessionsArgs): Promise<number> {
  const { engine, close } = openNodeEngine({ hostKind: 'cli' });
  try {
    const project = await engine.projects.open(process.cwd(), { remember: false });
    const sessions = await engine.sessions.list(project.id);
    process.stdout.write(args.json ? `${JSON.stringify(sessions.map(toJson))}\n` : formatSessions(sessions));
    return EXIT.success;
  } finally {
    await close();
  }
}

/** One session a line: id, time of the last record, title. */
export function formatSessions(sessions: readonly SessionSummary[]): string {
  return sessions.map(({ id, updatedAtMs, title }) => `${id}  ${toTime(updatedAtMs)}  ${title}\n`).join('');
}

function toJson({ id, title, createdAtMs, updatedAtMs }: SessionSummary) {
  return { id, title, createdAtMs, updatedAtMs };
}

function toTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}
