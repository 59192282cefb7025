/**
 * Calls whose approval was pending when the app ended: their approval is requested once more, for what they would do now. A new turn
 * runs the allowed calls if their effect is still what was shown; otherwise the turn requests the approval again.
 * Order: call `offer` when the session is opened, and `withdraw` before anything else is done in it.
 */
import type { ToolItem } from '../../../preload/contract/index.ts';
import type { ApprovalBroker } from '../approval/index.ts';
import { absolutePath, type FileReads, prepareCall, type ReadState } from '../tool/index.ts';
import type { ResumedCall } from '../turn/index.ts';
import { type InterruptedCall, resumedDraft, resumedText } from '../transcript/index.ts';
import { reload } from './run-session-turn.ts';
import { type SessionContext } from './session-context.ts';
import { interruptedDrafts } from './turn-opening.ts';

export interface InterruptedCallsOptions {
  readonly context: SessionContext;
  /** Without the session's hooks, which do not take part in these approvals. */
  readonly approvals: ApprovalBroker;
  /** Runs work that must not overlap with a turn. */
  readonly runExclusive: (work: () => Promise<void>) => Promise<void>;
  /** Every approval is answered, and these calls are to be run. */
  readonly onAllowed: (calls: readonly ResumedCall[]) => void;
}

export interface InterruptedCalls {
  /** Resolves when the approvals are pending, or there is nothing to ask. Never rejects. */
  offer(): Promise<void>;
  withdraw(): void;
}

type Answer =
  | { readonly kind: 'allowed'; readonly call: ResumedCall; readonly reads: ReadonlyMap<string, ReadState> }
  | { readonly kind: 'denied'; readonly left: InterruptedCall; readonly refusal: string }
  | { readonly kind: 'none' };

export function createInterruptedCalls({ context, approvals, runExclusive, onAllowed }: InterruptedCallsOptions): InterruptedCalls {
  const { identity, deps, store, view, conversation, tools } = context;
  // A program that reads our output has not asked for anything yet and could not answer an approval.
  const hasWindow = deps.host.kind !== 'cli' && identity.options.unattended !== true;
  let offered: readonly InterruptedCall[] = [];
  let pendingOffer: AbortController | undefined;

  /** `onPending` is not called if no approval is needed; the caller waits for the answer too. */
  async function ask(left: InterruptedCall, signal: AbortSignal, onPending: () => void): Promise<Answer> {
    const { call, item } = left;
    const toolContext = tools.context(item.id, () => undefined);
    const seen = await readTargetState(call.input, toolContext);
    const reads: FileReads = { record: toolContext.reads.record, get: (path) => toolContext.reads.get(path) ?? seen.get(path) };
    const prepared = await prepareCall(call, {
      registry: deps.registry,
      context: { ...toolContext, reads },
      readableFolders: tools.readableFolders,
    });
    if (!prepared.ok || signal.aborted) return { kind: 'none' };
    const { display } = prepared.request.preview;
    const { error: _none, endedAtMs: _ended, ...row } = item;
    const outcome = await approvals.ask({ ...prepared.request, isInterrupted: true }, signal, (approvalId) => {
      view.changeItem({ ...row, status: 'awaiting_approval', approvalId, display });
      onPending();
    });
    if (outcome.kind === 'allowed' && outcome.approvedCall !== undefined)
      return { kind: 'allowed', call: { call, item: row, approvedCall: outcome.approvedCall }, reads: seen };
    view.changeItem(item);
    return outcome.kind === 'denied' && outcome.by === 'user' ? { kind: 'denied', left, refusal: outcome.refusal } : { kind: 'none' };
  }

  async function settle(answers: readonly Answer[]): Promise<void> {
    const denied = answers.filter((answer) => answer.kind === 'denied');
    const allowed = answers.filter((answer) => answer.kind === 'allowed');
    for (const { call, reads: seen } of allowed) {
      const { reads } = tools.context(call.item.id, () => undefined);
      for (const [path, state] of seen) reads.record(path, state);
    }
    if (denied.length > 0) await runExclusive(() => recordDenied(denied.map(({ left, refusal }) => ({ ...left, refusal }))));
    if (allowed.length > 0) onAllowed(allowed.map(({ call }) => call));
  }

  /** The model learns of the refusal with the next prompt; no request is made for it. */
  async function recordDenied(denied: readonly (InterruptedCall & { readonly refusal: string })[]): Promise<void> {
    const messages = denied.map(({ call, item, refusal }) => {
      const nowMs = deps.clock.now();
      const { error: _none, ...row } = item;
      const ended: ToolItem = { ...row, status: 'denied', summary: 'Refused by you', endedAtMs: nowMs };
      const result = { callId: call.id, name: call.name, text: refusal, isError: true };
      return {
        ended,
        draft: resumedDraft(call, result, ended),
        text: resumedText(call, result, ended),
      };
    });
    reload(context, await store.makeWritable());
    await store.append([
      ...interruptedDrafts(conversation.unanswered(), conversation.interrupted()),
      ...messages.map(({ draft }) => draft),
    ]);
    conversation.open(
      messages.map(({ text }) => ({ role: 'user' as const, text })),
      undefined,
      deps.clock.now(),
    );
    for (const { ended } of messages) view.changeItem(ended);
  }

  return {
    async offer() {
      const calls = conversation.interrupted();
      if (calls.length === 0 || calls === offered || !hasWindow || store.heldBy() !== undefined) return;
      this.withdraw();
      offered = calls;
      const controller = new AbortController();
      pendingOffer = controller;
      const failed = (error: unknown) =>
        deps.logger.warn('The approval of an interrupted call could not be requested', { error: String(error) });
      const questions = calls.map((call) => {
        const pending = Promise.withResolvers<void>();
        const answer = ask(call, controller.signal, pending.resolve).catch((error: unknown): Answer => {
          failed(error);
          return { kind: 'none' };
        });
        return { answer, pending: Promise.race([pending.promise, answer]) };
      });
      void Promise.all(questions.map(({ answer }) => answer))
        .then((answers) => (controller.signal.aborted ? undefined : settle(answers)))
        .catch(failed);
      await Promise.all(questions.map(({ pending }) => pending));
    },
    withdraw() {
      pendingOffer?.abort();
      pendingOffer = undefined;
    },
  };
}

/**
 * The current state of the file that a call would change. The approval shows the change against this state, so it counts as
 * read. The file must still be the same when the call runs.
 */
async function readTargetState(
  input: Readonly<Record<string, unknown>>,
  toolContext: ReturnType<SessionContext['tools']['context']>,
): Promise<ReadonlyMap<string, ReadState>> {
  const named = input['file_path'] ?? input['notebook_path'];
  if (typeof named !== 'string') return new Map();
  const path = await toolContext.fs.realPath(absolutePath(named, toolContext));
  const stat = await toolContext.fs.stat(path);
  return stat === undefined ? new Map() : new Map([[path, { mtimeMs: stat.mtimeMs, sizeBytes: stat.sizeBytes }]]);
}
