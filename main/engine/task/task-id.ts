/**
 * The id of a task, which is also the name of its files. A command of a call gets an id derived from the call: after a crash, the session
 * file is enough to find its output.
 */
import { createHash, randomBytes } from 'node:crypto';
import { TaskId } from '../../../preload/contract/index.ts';

/** Number of hexadecimal digits. Source: docs/formats.md 5.1. */
const ID_CHARS = 8;

export function newTaskId(): TaskId {
  return TaskId.parse(`bg_${randomBytes(ID_CHARS / 2).toString('hex')}`);
}

/** `callId`: the id of a tool call or of a user's command, unique within the session. */
export function taskIdForCall(sessionId: string, callId: string): TaskId {
  const hash = createHash('sha256').update(`${sessionId}\0${callId}`).digest('hex');
  return TaskId.parse(`bg_${hash.slice(0, ID_CHARS)}`);
}
