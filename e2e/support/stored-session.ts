import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Gantry } from './fixtures.ts';

/** Where Qwen Code keeps the sessions of the test's project. */
export const chatsDir = ({ home, projectDir }: Gantry) =>
  join(home, '.qwen', 'projects', projectDir.replace(/[^a-zA-Z0-9]/g, '-'), 'chats');

/** A session in the format of Qwen Code: prompts and answers in turn. Returns its id. */
export async function writeSession(gantry: Gantry, name: string, messages: number): Promise<string> {
  const sessionId = randomUUID();
  let parentUuid: string | null = null;
  const lines: string[] = [];
  for (let index = 0; index < messages; index += 1) {
    const isQuestion = index % 2 === 0;
    const text = isQuestion
      ? `Question ${index} of ${name}`
      : `Answer ${index} of ${name}.\n\n- one\n- two\n\n${'word '.repeat(index % 60)}`;
    const uuid = randomUUID();
    lines.push(
      JSON.stringify({
        uuid,
        parentUuid,
        sessionId,
        timestamp: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(),
        type: isQuestion ? 'user' : 'assistant',
        cwd: gantry.projectDir,
        version: '0.15.10',
        ...(isQuestion ? {} : { model: 'scripted' }),
        message: { role: isQuestion ? 'user' : 'model', parts: [{ text }] },
      }),
    );
    parentUuid = uuid;
  }
  await mkdir(chatsDir(gantry), { recursive: true });
  await writeFile(join(chatsDir(gantry), `${sessionId}.jsonl`), `${lines.join('\n')}\n`);
  return sessionId;
}
