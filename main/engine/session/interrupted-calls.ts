/**
 * Calls that waited for an answer when the app ended: asked about once more, as they would be run now. Allowed ones are run by
 * a turn that goes on from there, if what would happen is still what was shown; else the turn asks again by itself.
 * Order: `offer` when the session is opened, `withdraw` before anything else is done in it.
 */
import type { ToolItem } from '../../../preload/contract/index.ts';
import type { ApprovalBroker } from '../approval/index.ts';
import { absolutePath, type FileReads, prepareCall, type ReadState } from '../tool/index.ts';
import type { ResumedCall } from '../turn/index.ts';
import { type InterruptedCall, resumedDraft, resumedText } from '../transcript/index.ts';
import { readAgain } from './run-session-turn.ts';
import { type TurnSurroundings } from './session-context.ts';
import { interruptedDrafts } from './turn-opening.ts';

export interface InterruptedOwner {
  readonly around: TurnSurroundings;
  /** Without the hooks, which have no say in what a person is asked here. */
  readonly approvals: ApprovalBroker;
  /** Does something that must not meet a turn. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
  /** Every question is answered, and these are to be run. */
  readonly onAllowed: (calls: readonly ResumedCall[]) => void;
}

export interface InterruptedCalls {
  /** Resolves when the questions stand, or there is nothing to ask. Never rejects. */
  offer(): Promise<void>;
  withdraw(): void;
}

type Answer =
  | { readonly kind: 'allowed'; readonly call: ResumedCall; readonly reads: ReadonlyMap<string, ReadState> }
  | { readonly kind: 'denied'; readonly left: InterruptedCall; readonly refusal: string }
  | { readonly kind: 'none' };

export function createInterruptedCalls({ around, approvals, alone, onAllowed }: InterruptedOwner): InterruptedCalls {
  const { identity, deps, store, view, conversation, tools } = around;
  // A program that reads our output has asked for nothing yet, and would not know what to do with a question.
  const hasWindow = deps.host.kind !== 'cli' && identity.options.unattended !== true;
  let offered: readonly InterruptedCall[] = [];
  let standing: AbortController | undefined;

  /** `onStands` is called in any case. */
  async function ask(left: InterruptedCall, signal: AbortSignal, onStands: () => void): Promise<Answer> {
    const { call, item } = left;
    const context = tools.context(item.id, () => undefined);
    const seen = await lookedAt(call.input, context);
    const reads: FileReads = { record: context.reads.record, get: (path) => context.reads.get(path) ?? seen.get(path) };
    const prepared = await prepareCall(call, {
      registry: deps.registry,
      context: { ...context, reads },
      readableFolders: tools.readableFolders,
    });
    if (!prepared.ok || signal.aborted) return { kind: 'none' };
    const { display } = prepared.request.preview;
    const { error: _none, endedAtMs: _ended, ...row } = item;
    const outcome = await approvals.ask({ ...prepared.request, isInterrupted: true }, signal, (approvalId) => {
      view.changeItem({ ...row, status: 'awaiting_approval', approvalId, display });
      onStands();
    });
    if (outcome.kind === 'allowed' && outcome.agreed !== undefined)
      return { kind: 'allowed', call: { call, item: row, agreed: outcome.agreed }, reads: seen };
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
    if (denied.length > 0) await alone(() => tellDenied(denied.map(({ left, refusal }) => ({ ...left, refusal }))));
    if (allowed.length > 0) onAllowed(allowed.map(({ call }) => call));
  }

  /** The model reads of it with the next prompt; nobody asks it for that. */
  async function tellDenied(denied: readonly (InterruptedCall & { readonly refusal: string })[]): Promise<void> {
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
    readAgain(around, await store.makeWritable());
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
      standing = controller;
      const failed = (error: unknown) => deps.logger.warn('An interrupted call could not be asked about', { error: String(error) });
      const questions = calls.map((call) => {
        const stands = Promise.withResolvers<void>();
        const answer = ask(call, controller.signal, stands.resolve).catch((error: unknown): Answer => {
          failed(error);
          return { kind: 'none' };
        });
        return { answer, stands: Promise.race([stands.promise, answer]) };
      });
      void Promise.all(questions.map(({ answer }) => answer))
        .then((answers) => (controller.signal.aborted ? undefined : settle(answers)))
        .catch(failed);
      await Promise.all(questions.map(({ stands }) => stands));
    },
    withdraw() {
      standing?.abort();
      standing = undefined;
    },
  };
}

/**
 * The file a call would change, as it is now. The person who is asked sees the change against this state, so it counts as
 * read; when it is run the file must still be the same.
 */
async function lookedAt(
  input: Readonly<Record<string, unknown>>,
  context: ReturnType<TurnSurroundings['tools']['context']>,
): Promise<ReadonlyMap<string, ReadState>> {
  const named = input['file_path'] ?? input['notebook_path'];
  if (typeof named !== 'string') return new Map();
  const path = await context.fs.realPath(absolutePath(named, context));
  const stat = await context.fs.stat(path);
  return stat === undefined ? new Map() : new Map([[path, { mtimeMs: stat.mtimeMs, sizeBytes: stat.sizeBytes }]]);
}
