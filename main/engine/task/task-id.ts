/**
 * The id of a task, and so the names of its files. A command of a call gets an id that is made of the call: after a crash its
 * output is found by what the session's file says of the call, without anything else being written.
 */
import { createHash, randomBytes } from 'node:crypto';
import { TaskId } from '../../../preload/contract/index.ts';

/** Chars of the hexadecimal form. Source: docs/formats.md 5.1. */
const ID_CHARS = 8;

export function newTaskId(): TaskId {
  return TaskId.parse(`bg_${randomBytes(ID_CHARS / 2).toString('hex')}`);
}

/** `callId`: of a tool call, or of a command the user typed; one of a session. */
export function taskIdOfCall(sessionId: string, callId: string): TaskId {
  const hash = createHash('sha256').update(`${sessionId}\0${callId}`).digest('hex');
  return TaskId.parse(`bg_${hash.slice(0, ID_CHARS)}`);
}
