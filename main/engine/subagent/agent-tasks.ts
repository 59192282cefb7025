/**
 * Subagents as tasks: they can be stopped, and those in the background are listed and reported at their end as commands are.
 * They have no process and no terminal; their output is their last message. A foreground subagent is removed when it ends.
 */
import { randomBytes } from 'node:crypto';
import {
  type HostEvent,
  isTerminalStatus,
  type ItemId,
  type SessionId,
  TaskId,
  type TaskSummary,
} from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { BoundedText, Clock } from '../ports.ts';
import { type EndedTask, LISTED_ENDED_TASKS, type TaskSource } from '../task/task-api.ts';

const LAST_LINE_CHARS = 200;

export interface StartAgent {
  readonly sessionId: SessionId;
  readonly toolCallId: ItemId;
  readonly type: string;
  readonly description: string;
  readonly cwd: string;
  readonly placement: TaskSummary['placement'];
  readonly onStop: () => void;
}

export interface AgentTask {
  readonly id: TaskId;
  readonly placement: TaskSummary['placement'];
  showActivity(line: string): void;
  /** Ends the task; later calls have no effect. `text`: what the model reads as its output. */
  end(status: 'completed' | 'failed' | 'cancelled', text: string): void;
}

export interface AgentTasks extends TaskSource {
  start(request: StartAgent): AgentTask;
}

interface Entry {
  summary: TaskSummary;
  text: string;
  /** The end was reported to the model, or does not need to be. */
  isReported: boolean;
  readonly onStop: () => void;
  readonly ended: PromiseWithResolvers<void>;
}

export function createAgentTasks(ports: { readonly clock: Clock; readonly emit: (event: HostEvent) => void }): AgentTasks {
  const entries = new Map<TaskId, Entry>();
  const findBySession = (sessionId?: SessionId) =>
    [...entries.values()].filter(({ summary }) => sessionId === undefined || summary.sessionId === sessionId);

  function find(taskId: TaskId): Entry {
    const entry = entries.get(taskId);
    if (entry === undefined)
      throw new EngineError('task_unknown', `There is no subagent ${taskId}.`, { data: { knownTaskIds: [...entries.keys()] } });
    return entry;
  }

  function change(entry: Entry, patch: Partial<TaskSummary>): void {
    entry.summary = { ...entry.summary, ...patch, rev: entry.summary.rev + 1 };
    ports.emit({ event: 'task.changed', data: { task: entry.summary } });
  }

  function dropOldest(sessionId: SessionId): void {
    const ended = findBySession(sessionId).filter(({ summary, isReported }) => isTerminalStatus(summary.status) && isReported);
    for (const { summary } of ended.slice(0, Math.max(0, ended.length - LISTED_ENDED_TASKS))) entries.delete(summary.id);
  }

  function remove({ summary: { id } }: Entry): void {
    entries.delete(id);
    ports.emit({ event: 'task.removed', data: { taskId: id } });
  }

  function start({ sessionId, toolCallId, type, description, cwd, placement, onStop }: StartAgent): AgentTask {
    const id = TaskId.parse(`agent_${randomBytes(4).toString('hex')}`);
    const summary: TaskSummary = {
      id,
      sessionId,
      toolCallId,
      command: `${type}: ${description}`,
      cwd,
      agent: { type, description },
      placement,
      wasBackground: placement === 'background',
      status: 'running',
      startedAtMs: ports.clock.now(),
      outputBytes: 0,
      droppedBytes: 0,
      lastLine: '',
      rev: 0,
    };
    // The tool call returns the result of a foreground subagent.
    const entry: Entry = { summary, text: '', isReported: placement === 'foreground', onStop, ended: Promise.withResolvers() };
    entries.set(id, entry);
    change(entry, {});
    return {
      id,
      placement,
      showActivity: (line) => change(entry, { lastLine: line.slice(0, LAST_LINE_CHARS).toWellFormed(), lastOutputAtMs: ports.clock.now() }),
      end(status, text) {
        if (isTerminalStatus(entry.summary.status)) return;
        entry.text = text;
        const failed = status === 'failed' ? { error: text.split('\n', 1)[0] ?? 'It failed' } : {};
        change(entry, { status, endedAtMs: ports.clock.now(), outputBytes: Buffer.byteLength(text), ...failed });
        entry.ended.resolve();
        if (placement === 'foreground') remove(entry);
        else dropOldest(sessionId);
      },
    };
  }

  async function stopAll(list: readonly Entry[]): Promise<void> {
    const running = list.filter(({ summary }) => !isTerminalStatus(summary.status));
    for (const entry of running) {
      entry.isReported = true; // the session ends, so nothing will be reported
      entry.onStop();
    }
    await Promise.all(running.map(({ ended }) => ended.promise));
  }

  const refuseTerminal = (taskId: TaskId): never => {
    throw new EngineError('task_not_promotable', `${taskId} is a subagent: it has no terminal and no process.`);
  };

  return {
    start,
    get: (taskId) => entries.get(taskId)?.summary,
    list: (sessionId) => findBySession(sessionId).map(({ summary }) => summary),
    stop(taskId, { by }) {
      const entry = find(taskId);
      if (isTerminalStatus(entry.summary.status)) throw new EngineError('task_ended', `${taskId} has already ended.`);
      if (by === 'agent') entry.isReported = true; // the agent stopped it itself
      change(entry, { status: 'stopping' });
      entry.onStop();
      return entry.summary;
    },
    readText: async (taskId) => bounded(find(taskId)),
    async readOutput(taskId, from) {
      const bytes = Buffer.from(find(taskId).text);
      const end = Math.min(bytes.length, from.offsetBytes + from.maxBytes);
      return { text: bytes.subarray(from.offsetBytes, end).toString('utf8'), nextOffsetBytes: end, totalBytes: bytes.length };
    },
    outputPath: refuseTerminal,
    promote: refuseTerminal,
    write: refuseTerminal,
    attach: ({ taskId }) => refuseTerminal(taskId),
    clearEnded(sessionId) {
      for (const entry of findBySession(sessionId)) if (isTerminalStatus(entry.summary.status)) remove(entry);
    },
    takeEndedNotices(sessionId) {
      const ended = findBySession(sessionId).filter(({ summary, isReported }) => isTerminalStatus(summary.status) && !isReported);
      for (const entry of ended) entry.isReported = true;
      return ended.map((entry): EndedTask => ({ task: entry.summary, text: bounded(entry) }));
    },
    closeSession: (sessionId) => stopAll(findBySession(sessionId)),
    close: () => stopAll(findBySession()),
  };
}

function bounded({ text }: Entry): BoundedText {
  return { head: text, tail: '', omittedChars: 0, totalBytes: Buffer.byteLength(text), droppedBytes: 0, isBinary: false };
}
