/** What is known about the server and a session. */
import { z } from 'zod';
import { defined, isTerminalStatus, TaskId, type TaskSummary } from '../../../preload/contract/index.ts';
import { commandsUpdate, toChoices, toContextUsage } from '../../acp-shapes/index.ts';
import { EngineError } from '../../engine/index.ts';
import { type DaemonContext, findSession } from './daemon-context.ts';
import { HttpFault, type Route, route } from './route.ts';
import { MAX_SESSIONS, type HubSession } from './session-hub.ts';
import { AcpShape, SessionJson, toStatusJson } from './session-json.ts';
import { MAX_PENDING_PROMPTS } from './work-routes.ts';

/** Names of Qwen Code 0.24.4, of routes that are here with their whole meaning. */
export const FEATURES = [
  ...['health', 'capabilities', 'session_create', 'session_id_override', 'session_scope_override', 'session_load', 'session_resume'],
  ...['session_list', 'session_prompt', 'session_cancel', 'session_events', 'typed_event_schema', 'session_set_model', 'client_identity'],
  ...['client_heartbeat', 'session_permission_vote', 'permission_vote', 'session_context', 'session_context_usage'],
  ...['session_supported_commands', 'session_tasks', 'session_stats', 'session_status', 'session_close', 'session_archive'],
  ...['session_metadata', 'session_transcript', 'session_transcript_pagination', 'session_approval_mode_control', 'workspace_file_read'],
  'non_blocking_prompt',
];

const TaskJson = z.object({
  kind: z.enum(['shell', 'agent', 'monitor']),
  id: z.string(),
  label: z.string(),
  description: z.string(),
  status: z.string(),
  startTime: z.number(),
  runtimeMs: z.number(),
  endTime: z.number().optional(),
  outputFile: z.string().optional(),
  command: z.string().optional(),
  cwd: z.string(),
  pid: z.number().optional(),
  exitCode: z.number().optional(),
});
const InSession = { v: z.literal(1), sessionId: z.string(), workspaceCwd: z.string() };
const Tokens = z.object({ prompt: z.number(), candidates: z.number(), total: z.number(), cached: z.number(), thoughts: z.number() });
const ModelStats = z.object({
  api: z.object({ totalRequests: z.number(), totalErrors: z.number(), totalLatencyMs: z.number() }),
  tokens: Tokens,
});

/** The longest piece of a task's output. Unit: bytes. */
const MAX_PIECE_BYTES = 1024 * 1024;

export async function toState({ engine }: DaemonContext, session: HubSession) {
  const { mode, model } = session.now();
  const { providers } = await engine.providers.list(session.project.id);
  const shown = providers.filter(({ protocol, id }) => protocol !== 'demo' || id === model?.providerId);
  return { ...toChoices({ mode, model, providers: shown }) };
}

export function infoRoutes(daemon: DaemonContext): readonly Route[] {
  const { engine, clock } = daemon;
  const head = ({ id, cwd }: HubSession) => ({ v: 1 as const, sessionId: id, workspaceCwd: cwd });

  /** A task of this session. Errors: 404. */
  function findTask(session: HubSession, taskId: string | undefined): TaskSummary | undefined {
    const id = TaskId.safeParse(taskId).data;
    const task = id === undefined ? undefined : engine.tasks.get(id);
    return task?.sessionId === session.id ? task : undefined;
  }

  function toTaskJson(task: TaskSummary): z.input<typeof TaskJson> {
    const label = task.agent?.description ?? task.monitor?.description ?? task.command;
    return {
      kind: task.agent !== undefined ? 'agent' : task.monitor !== undefined ? 'monitor' : 'shell',
      ...{ id: task.id, label, description: label, status: task.status, cwd: task.cwd },
      ...{ startTime: task.startedAtMs, runtimeMs: (task.endedAtMs ?? clock.now()) - task.startedAtMs },
      ...(task.agent === undefined ? { command: task.command } : {}),
      ...defined({ endTime: task.endedAtMs, outputFile: task.outputPath, pid: task.pid, exitCode: task.exitCode }),
    };
  }

  return [
    route({
      ...{ method: 'get', path: '/capabilities', summary: 'What this server can do' },
      answer: z.object({
        v: z.literal(1),
        protocolVersions: z.object({ current: z.string(), supported: z.array(z.string()) }),
        gantryVersion: z.string(),
        mode: z.string(),
        features: z.array(z.string()).describe('Names of features of Qwen Code'),
        workspaceCwd: z.string(),
        transports: z.array(z.string()),
        policy: z.object({ permission: z.string() }),
        limits: z.object({ maxTotalSessions: z.number(), maxPendingPromptsPerSession: z.number() }),
      }),
      run: () => ({
        v: 1 as const,
        protocolVersions: { current: 'v1', supported: ['v1'] },
        ...{ gantryVersion: daemon.version, mode: 'in-process', features: FEATURES, workspaceCwd: daemon.workspace },
        transports: ['rest', 'websocket'],
        policy: { permission: 'first-responder' },
        limits: { maxTotalSessions: MAX_SESSIONS, maxPendingPromptsPerSession: MAX_PENDING_PROMPTS },
      }),
    }),
    route({
      ...{ method: 'get', path: '/session/:id/status', summary: 'What a session does now' },
      answer: SessionJson,
      run: ({ params }) => toStatusJson(daemon, findSession(daemon, params['id'])),
    }),
    route({
      ...{ method: 'get', path: '/session/:id/context', summary: 'Mode and model, and what can be chosen' },
      answer: z.object({ ...InSession, state: AcpShape }),
      async run({ params }) {
        const session = findSession(daemon, params['id']);
        return { ...head(session), state: await toState(daemon, session) };
      },
    }),
    route({
      ...{ method: 'get', path: '/session/:id/context-usage', summary: 'What fills the context of the next request' },
      query: z.object({ detail: z.enum(['true', 'false']).optional() }),
      answer: z.object({ ...InSession, usage: AcpShape }),
      async run({ params, query }) {
        const session = findSession(daemon, params['id']);
        const handle = await session.open();
        const [usage, tools] = await Promise.all([handle.context(), handle.toolUsage()]);
        return { ...head(session), usage: toContextUsage(session.now().model?.modelId ?? '', usage, tools, query.detail === 'true') };
      },
    }),
    route({
      ...{ method: 'get', path: '/session/:id/supported-commands', summary: 'The slash commands' },
      answer: z.object({
        v: z.literal(1),
        sessionId: z.string(),
        availableCommands: z.array(AcpShape),
        availableSkills: z.array(z.string()),
      }),
      async run({ params }) {
        const { id, project } = findSession(daemon, params['id']);
        const { availableCommands, _meta } = await commandsUpdate(engine, project.id);
        return { v: 1 as const, sessionId: id, availableCommands, availableSkills: _meta.availableSkills };
      },
    }),
    route({
      ...{ method: 'get', path: '/session/:id/stats', summary: 'What a session has used' },
      answer: z.object({
        ...InSession,
        ...{ sessionStartTimeMs: z.number(), durationMs: z.number() },
        models: z.record(z.string(), ModelStats),
        tools: z.object({ totalCalls: z.number(), totalSuccess: z.number(), totalFail: z.number() }),
        files: z.object({ totalLinesAdded: z.number(), totalLinesRemoved: z.number() }),
      }),
      async run({ params }) {
        const session = findSession(daemon, params['id']);
        const { createdAtMs } = session.now();
        const use = (await engine.sessions.usage(createdAtMs)).find(({ sessionId }) => sessionId === session.id);
        const models = Object.entries(use?.models ?? {}).map(([name, model]): [string, z.input<typeof ModelStats>] => [
          name,
          {
            api: { totalRequests: model.requests, totalErrors: 0, totalLatencyMs: model.totalLatencyMs },
            tokens: {
              ...{ prompt: model.inputTokens, candidates: model.outputTokens, total: model.totalTokens },
              ...{ cached: model.cachedTokens, thoughts: model.thoughtsTokens },
            },
          },
        ]);
        return {
          ...head(session),
          ...{ sessionStartTimeMs: createdAtMs, durationMs: Math.max(0, clock.now() - createdAtMs), models: Object.fromEntries(models) },
          tools: use?.tools ?? { totalCalls: 0, totalSuccess: 0, totalFail: 0 },
          files: { totalLinesAdded: use?.files.linesAdded ?? 0, totalLinesRemoved: use?.files.linesRemoved ?? 0 },
        };
      },
    }),
    route({
      ...{ method: 'get', path: '/session/:id/tasks', summary: 'The background tasks' },
      answer: z.object({ v: z.literal(1), sessionId: z.string(), now: z.number(), tasks: z.array(TaskJson) }),
      run({ params }) {
        const { id } = findSession(daemon, params['id']);
        const tasks = engine.tasks.list(id).filter(({ wasBackground }) => wasBackground);
        return { v: 1 as const, sessionId: id, now: clock.now(), tasks: tasks.map(toTaskJson) };
      },
    }),
    route({
      ...{ method: 'get', path: '/session/:id/tasks/:taskId/output', summary: 'A piece of the plain text that a task has printed' },
      query: z.object({
        offset: z.coerce.number().int().min(0).optional(),
        maxBytes: z.coerce.number().int().min(1).max(MAX_PIECE_BYTES).optional(),
      }),
      answer: z.object({ text: z.string(), nextOffset: z.number(), totalBytes: z.number() }),
      async run({ params, query: { offset = 0, maxBytes = 64 * 1024 } }) {
        const task = findTask(findSession(daemon, params['id']), params['taskId']);
        if (task === undefined) throw new HttpFault(404, 'No such task in this session', { code: 'task_not_found' });
        const piece = await engine.tasks.readOutput(task.id, { offsetBytes: offset, maxBytes });
        return { text: piece.text, nextOffset: piece.nextOffsetBytes, totalBytes: piece.totalBytes };
      },
    }),
    route({
      ...{ method: 'post', path: '/session/:id/tasks/:taskId/cancel', summary: 'Stop a task' },
      answer: z.object({ cancelled: z.boolean(), status: z.string().optional(), reason: z.string().optional() }),
      run({ params }) {
        const task = findTask(findSession(daemon, params['id']), params['taskId']);
        if (task === undefined) return { cancelled: false, reason: 'not_found' };
        if (isTerminalStatus(task.status)) return { cancelled: false, reason: 'not_running', status: task.status };
        try {
          engine.tasks.stop(task.id, { force: false, by: 'user' });
          return { cancelled: true, status: task.status };
        } catch (error) {
          if (!(error instanceof EngineError && error.code === 'task_ended')) throw error;
          return { cancelled: false, reason: 'not_running' };
        }
      },
    }),
  ];
}
