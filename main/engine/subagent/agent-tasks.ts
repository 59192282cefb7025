/**
 * Subagents among the tasks: stoppable, and those in the background listed and told at their end as commands are. They have
 * no process and no terminal; their output is what they say last. One in the foreground is gone with its end.
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
import type { EndedTask, Tasks } from '../task/task-api.ts';

/** Ended ones that stay listed. Source: docs/formats.md 5.3. */
const LISTED = 32;
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
  said(line: string): void;
  /** Once; the text is what the model reads of it. */
  ended(status: 'completed' | 'failed' | 'cancelled', text: string): void;
}

export interface AgentTasks {
  start(request: StartAgent): AgentTask;
}

interface Entry {
  summary: TaskSummary;
  text: string;
  isTold: boolean;
  readonly onStop: () => void;
  readonly over: PromiseWithResolvers<void>;
}

export function withAgentTasks<T extends Tasks>(
  tasks: T,
  ports: { readonly clock: Clock; readonly emit: (event: HostEvent) => void },
): T & { readonly agents: AgentTasks } {
  const entries = new Map<TaskId, Entry>();
  const of = (sessionId?: SessionId) =>
    [...entries.values()].filter(({ summary }) => sessionId === undefined || summary.sessionId === sessionId);

  const change = (entry: Entry, patch: Partial<TaskSummary>) => {
    entry.summary = { ...entry.summary, ...patch, rev: entry.summary.rev + 1 };
    ports.emit({ event: 'task.changed', data: { task: entry.summary } });
  };

  function prune(sessionId: SessionId): void {
    const ended = of(sessionId).filter(({ summary, isTold }) => isTerminalStatus(summary.status) && isTold);
    for (const { summary } of ended.slice(0, Math.max(0, ended.length - LISTED))) entries.delete(summary.id);
  }

  function forget({ summary: { id } }: Entry): void {
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
    // Of one in the foreground the call brings the result.
    const entry: Entry = { summary, text: '', isTold: placement === 'foreground', onStop, over: Promise.withResolvers() };
    entries.set(id, entry);
    change(entry, {});
    return {
      id,
      placement,
      said: (line) => change(entry, { lastLine: line.slice(0, LAST_LINE_CHARS).toWellFormed(), lastOutputAtMs: ports.clock.now() }),
      ended(status, text) {
        if (isTerminalStatus(entry.summary.status)) return;
        entry.text = text;
        const failed = status === 'failed' ? { error: text.split('\n', 1)[0] ?? 'It failed' } : {};
        change(entry, { status, endedAtMs: ports.clock.now(), outputBytes: Buffer.byteLength(text), ...failed });
        entry.over.resolve();
        if (placement === 'foreground') forget(entry);
        else prune(sessionId);
      },
    };
  }

  function stop(entry: Entry, by: 'user' | 'agent' | 'timeout'): TaskSummary {
    if (isTerminalStatus(entry.summary.status)) throw new EngineError('task_ended', `${entry.summary.id} has already ended.`);
    if (by === 'agent') entry.isTold = true; // it knows
    change(entry, { status: 'stopping' });
    entry.onStop();
    return entry.summary;
  }

  async function stopAll(list: readonly Entry[]): Promise<void> {
    const running = list.filter(({ summary }) => !isTerminalStatus(summary.status));
    for (const entry of running) {
      entry.isTold = true; // nobody is left to tell
      entry.onStop();
    }
    await Promise.all(running.map(({ over }) => over.promise));
  }

  const noTerminal = (taskId: TaskId) =>
    new EngineError('task_not_promotable', `${taskId} is a subagent: it has no terminal and no process.`);
  const guarded =
    <A extends unknown[], R>(method: (taskId: TaskId, ...rest: A) => R) =>
    (taskId: TaskId, ...rest: A): R => {
      if (entries.has(taskId)) throw noTerminal(taskId);
      return method(taskId, ...rest);
    };

  return {
    ...tasks,
    agents: { start },
    get: (taskId) => entries.get(taskId)?.summary ?? tasks.get(taskId),
    list: (sessionId) => [...tasks.list(sessionId), ...of(sessionId).map(({ summary }) => summary)],
    stop(taskId, options) {
      const entry = entries.get(taskId);
      return entry === undefined ? tasks.stop(taskId, options) : stop(entry, options.by);
    },
    readText(taskId) {
      const entry = entries.get(taskId);
      return entry === undefined ? tasks.readText(taskId) : Promise.resolve(bounded(entry));
    },
    async readOutput(taskId, from) {
      const entry = entries.get(taskId);
      if (entry === undefined) return await tasks.readOutput(taskId, from);
      const bytes = Buffer.from(entry.text);
      const end = Math.min(bytes.length, from.offsetBytes + from.maxBytes);
      return { text: bytes.subarray(from.offsetBytes, end).toString('utf8'), nextOffsetBytes: end, totalBytes: bytes.length };
    },
    outputPath: guarded((taskId) => tasks.outputPath(taskId)),
    promote: guarded((taskId) => tasks.promote(taskId)),
    write: guarded((taskId, data: string) => tasks.write(taskId, data)),
    attach(view, deliver) {
      if (entries.has(view.taskId)) throw noTerminal(view.taskId);
      return tasks.attach(view, deliver);
    },
    clearEnded(sessionId) {
      tasks.clearEnded(sessionId);
      for (const { summary } of of(sessionId)) {
        const entry = entries.get(summary.id);
        if (entry !== undefined && isTerminalStatus(summary.status)) forget(entry);
      }
    },
    takeEndedNotices(sessionId) {
      const ended = of(sessionId).filter(({ summary, isTold }) => isTerminalStatus(summary.status) && !isTold);
      for (const entry of ended) entry.isTold = true;
      return [...tasks.takeEndedNotices(sessionId), ...ended.map((entry): EndedTask => ({ task: entry.summary, text: bounded(entry) }))];
    },
    async closeSession(sessionId) {
      await Promise.all([stopAll(of(sessionId)), tasks.closeSession(sessionId)]);
    },
    async close() {
      await Promise.all([stopAll(of()), tasks.close()]);
    },
  };
}

function bounded({ text }: Entry): BoundedText {
  return { head: text, tail: '', omittedChars: 0, totalBytes: Buffer.byteLength(text), droppedBytes: 0, isBinary: false };
}
