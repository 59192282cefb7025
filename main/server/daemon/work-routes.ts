/** The work of a session: prompts, events, permissions, model and mode. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { ApprovalMode, defined } from '../../../preload/contract/index.ts';
import {
  answerSlash,
  BadInput,
  describeModel,
  readReply,
  toDecision,
  toModelRef,
  toPermissionRequest,
  toPromptContent,
  toQuestionRequest,
} from '../../acp-shapes/index.ts';
import { EngineError, toApprovalMode } from '../../engine/index.ts';
import { type DaemonContext, findSession } from './daemon-context.ts';
import { createEventStream } from './event-stream.ts';
import { HttpFault, type Route, route } from './route.ts';
import type { HubSession } from './session-hub.ts';
import { AcpShape } from './session-json.ts';

const base64 = z.string().min(1).max(7_100_000);
const Resource = z.union([
  z.object({ uri: z.string().max(4096), text: z.string() }),
  z.object({ uri: z.string().max(4096), mimeType: z.string().max(100).default(''), blob: base64 }),
]);
const Block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), mimeType: z.string().max(100), data: base64 }),
  z.object({ type: z.literal('resource_link'), uri: z.string().max(4096), name: z.string().max(1000) }),
  z.object({ type: z.literal('resource'), resource: Resource }),
]);
const Prompt = z.object({ prompt: z.array(Block).min(1, 'must be a non-empty array of content blocks').max(100) });
const Permission = z.object({
  outcome: z.discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('selected'), optionId: z.string().max(200) }),
    z.object({ outcome: z.literal('cancelled') }),
  ]),
  answers: z.record(z.string(), z.string().max(4000)).optional().describe("The answers to an agent's questions"),
});
const LastEventId = z.coerce.number().int().nonnegative().catch(0);

/** How many prompts wait at most. Source: `MAX_QUEUED` of the session. */
export const MAX_PENDING_PROMPTS = 5;

export function workRoutes(daemon: DaemonContext): readonly Route[] {
  const { engine, hub, clock, signal } = daemon;

  async function send(session: HubSession, text: string, promptId: string, options: object): Promise<void> {
    try {
      const handle = await session.open();
      await daemon.confirm('session.prompt', { sessionId: session.id, text, localId: promptId }, { signal });
      const answer = await answerSlash(handle, text);
      if (answer !== undefined) return session.answerPrompt(promptId, answer);
      await handle.prompt(text, promptId, options);
    } catch (error) {
      session.forgetPrompt(promptId);
      if (!(error instanceof EngineError && error.code === 'queue_full')) throw error;
      const counts = { sessionId: session.id, limit: MAX_PENDING_PROMPTS, pendingCount: session.now().queue.length };
      throw new HttpFault(503, error.message, { code: 'prompt_queue_full', ...counts });
    }
  }

  async function resolve(session: HubSession, requestId: string, answer: z.infer<typeof Permission>) {
    const approval = session.approvals.get(requestId);
    const asked = session.questions.get(requestId);
    const offered =
      approval === undefined
        ? asked === undefined
          ? undefined
          : toQuestionRequest(asked, 0).options
        : toPermissionRequest(approval, { root: session.project.path, input: undefined, diff: undefined }).options;
    if (offered === undefined) throw new HttpFault(404, 'No pending permission request for session', { sessionId: session.id, requestId });
    if (answer.outcome.outcome === 'selected') {
      const { optionId } = answer.outcome;
      const message = `Permission ${requestId}: optionId "${optionId}" is not in the set of options the agent offered.`;
      if (!offered.some((option) => option.optionId === optionId))
        throw new HttpFault(400, message, { code: 'invalid_option_id', requestId, optionId });
    }
    const handle = await session.open();
    if (approval !== undefined) handle.approvals.resolve(approval.id, approval.digest, toDecision(answer, approval));
    if (asked === undefined) return {};
    const reply = readReply(answer, asked.display);
    const answers =
      reply?.kind === 'one' ? asked.display.questions.map((_, at) => (at === 0 ? reply.answer : { chosen: [] })) : reply?.answers;
    handle.questions.answer(asked.item.id, answers);
    return {};
  }

  return [
    route({
      ...{ method: 'post', path: '/session/:id/prompt', summary: 'Send a prompt; its turn ends with turn_complete or turn_error' },
      ...{ body: Prompt, status: 202 },
      answer: z.object({ promptId: z.string(), lastEventId: z.number(), eventEpoch: z.string() }),
      async run({ params, body, clientId }) {
        const session = findSession(daemon, params['id']);
        const { text, attachments } = toPromptContent(body.prompt, session.project.path);
        const promptId = randomUUID();
        const lastEventId = session.log.lastId();
        session.expectPrompt({ promptId, clientId });
        await send(session, text, promptId, { attachments });
        return { promptId, lastEventId, eventEpoch: hub.epoch };
      },
    }),
    route({
      ...{ method: 'post', path: '/session/:id/mid-turn-message', summary: 'Give the running turn a message at its next tool call' },
      body: z.object({ message: z.string().min(1).max(1_000_000) }),
      answer: z.object({ accepted: z.boolean(), messageId: z.string().optional(), reason: z.literal('session_idle').optional() }),
      async run({ params, body: { message } }) {
        const session = findSession(daemon, params['id']);
        if (!session.now().isRunning) return { accepted: false, reason: 'session_idle' as const };
        const messageId = randomUUID();
        await send(session, message, messageId, { delivery: 'steer' });
        return { accepted: true, messageId };
      },
    }),
    route({
      ...{ method: 'get', path: '/session/:id/pending-prompts', summary: 'The prompt that runs and those that wait' },
      answer: z.object({
        pendingPrompts: z.array(
          z.object({
            promptId: z.string(),
            text: z.string().optional(),
            state: z.enum(['running', 'queued']),
            originatorClientId: z.string().optional(),
          }),
        ),
      }),
      run({ params }) {
        const { prompt, queue } = findSession(daemon, params['id']).now();
        const queued = queue.map(({ localId, text }) => ({ promptId: localId, text, state: 'queued' as const }));
        if (prompt === undefined) return { pendingPrompts: queued };
        const first = { promptId: prompt.promptId, state: 'running' as const, ...defined({ originatorClientId: prompt.clientId }) };
        return { pendingPrompts: [first, ...queued] };
      },
    }),
    route({
      ...{ method: 'delete', path: '/session/:id/pending-prompts/:promptId', summary: 'Take a prompt out of the queue' },
      answer: z.object({ removed: z.boolean() }),
      async run({ params }) {
        const session = findSession(daemon, params['id']);
        const promptId = params['promptId'] ?? '';
        const removed = session.now().queue.some(({ localId }) => localId === promptId);
        if (removed) await (await session.open()).work.unqueue(promptId);
        if (removed) session.forgetPrompt(promptId, 'cancelled');
        return { removed };
      },
    }),
    route({
      ...{ method: 'post', path: '/session/:id/cancel', summary: 'Stop the turn' },
      async run({ params }) {
        const session = findSession(daemon, params['id']);
        try {
          (await session.open()).work.cancel();
        } catch (error) {
          if (!(error instanceof EngineError && error.code === 'turn_not_running')) throw error; // nothing runs, which was the aim
        }
        return undefined;
      },
    }),
    route({
      ...{ method: 'get', path: '/session/:id/events', summary: 'Server-sent events; Last-Event-ID continues' },
      answer: 'text/event-stream',
      run({ params, context }) {
        const session = findSession(daemon, params['id']);
        const [header, epoch] = [context.req.header('last-event-id'), context.req.header('x-qwen-event-epoch')];
        const position = {
          lastEventId: header === undefined ? undefined : LastEventId.parse(header),
          isOtherEpoch: epoch !== undefined && epoch !== hub.epoch,
        };
        return context.body(createEventStream(session.log, clock, position, signal), 200, {
          ...{ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' },
          'x-qwen-event-epoch': hub.epoch,
        });
      },
    }),
    route({
      ...{ method: 'post', path: '/session/:id/permission/:requestId', summary: 'Answer a permission request; the first answer counts' },
      ...{ body: Permission, answer: z.object({}) },
      run: ({ params, body }) => resolve(findSession(daemon, params['id']), params['requestId'] ?? '', body),
    }),
    route({
      ...{ method: 'post', path: '/permission/:requestId', summary: 'The same without the session' },
      ...{ body: Permission, answer: z.object({}) },
      run({ params, body }) {
        const requestId = params['requestId'] ?? '';
        const session = hub.findByRequest(requestId);
        if (session === undefined) throw new HttpFault(404, 'No pending permission request', { requestId });
        return resolve(session, requestId, body);
      },
    }),
    route({
      ...{ method: 'post', path: '/session/:id/model', summary: 'Choose the model' },
      body: z.object({ modelId: z.string().min(1).max(300) }),
      answer: z.object({ _meta: z.object({ qwenModelSwitch: AcpShape }) }),
      async run({ params, body: { modelId } }) {
        const session = findSession(daemon, params['id']);
        const { providers } = await engine.providers.list(session.project.id);
        try {
          const wanted = toModelRef(modelId, providers);
          (await session.open()).setModel(wanted);
          return { _meta: { qwenModelSwitch: { ...describeModel(wanted, providers) } } };
        } catch (error) {
          if (error instanceof BadInput) session.add('model_switch_failed', { requestedModelId: modelId, error: error.message });
          throw error;
        }
      },
    }),
    route({
      ...{ method: 'post', path: '/session/:id/approval-mode', summary: 'Choose how much runs without a question' },
      body: z.object({ mode: z.string().max(100).optional() }),
      answer: z.object({ sessionId: z.string(), mode: ApprovalMode, previous: ApprovalMode, persisted: z.boolean() }),
      async run({ params, body }) {
        const session = findSession(daemon, params['id']);
        const mode = toApprovalMode(body.mode);
        if (mode === undefined) {
          const more = { code: 'invalid_approval_mode', allowed: ApprovalMode.options };
          throw new HttpFault(400, '`mode` is required and must be one of the allowed values', more);
        }
        const handle = await session.open();
        await daemon.confirm('session.setMode', { sessionId: session.id, mode }, { signal });
        const previous = handle.describe().mode;
        handle.setMode(mode);
        return { sessionId: session.id, mode, previous, persisted: false };
      },
    }),
  ];
}
