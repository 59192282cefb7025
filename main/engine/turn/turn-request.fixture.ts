/** A turn without a session: a scripted model, a history in memory, the tools of the test, and every call allowed. */
import { ItemId, TurnId } from '../../../preload/contract/index.ts';
import { createManualClock, type ManualClock } from '../../test/support/manual-clock.ts';
import { SCRIPTED_REF, type ScriptedAnswer } from '../../test/support/scripted-model.ts';
import type { TestWorkspace } from '../../test/support/tool-workspace.ts';
import type { ModelMessage, ModelRequest } from '../provider/provider.ts';
import type { ResolvedModel } from '../provider/registry-api.ts';
import type { Tool } from '../tool/tool.ts';
import { createToolRegistry } from '../tool/tool-registry.ts';
import { createTurnControl, type TurnControl } from './turn-control.ts';
import type { TurnOutput } from './turn-output.ts';
import type { TurnRequest } from './turn-context.ts';

export interface TestTurn {
  readonly request: TurnRequest;
  readonly control: TurnControl;
  readonly clock: ManualClock;
  readonly history: ModelMessage[];
  /** Applies one output as a session does. */
  readonly apply: (output: TurnOutput) => void;
}

/** `requests` receives every request. When no answer is left, the model returns an error. */
export function scriptedModel(
  answers: readonly ScriptedAnswer[],
  requests: ModelRequest[] = [],
  contextWindowTokens = 100_000,
): ResolvedModel {
  const left = [...answers];
  return {
    ref: SCRIPTED_REF,
    modelId: SCRIPTED_REF.modelId,
    contextWindowTokens,
    provider: {
      async *stream(request, signal) {
        requests.push({ ...request, messages: [...request.messages] });
        const answer = left.shift() ?? [
          { type: 'error', error: { code: 'permission_denied', message: 'the script has no further answer' } },
        ];
        yield* typeof answer === 'function' ? answer(request, signal) : answer;
      },
    },
  };
}

export function makeTurn(
  workspace: TestWorkspace,
  { answers = [], tools = [], ...overrides }: { answers?: readonly ScriptedAnswer[]; tools?: readonly Tool[] } & Partial<TurnRequest>,
): TestTurn {
  const clock = createManualClock();
  const control = createTurnControl();
  const history: ModelMessage[] = [{ role: 'user', text: 'go' }];
  const request: TurnRequest = {
    turnId: TurnId.parse('turn-1'),
    startedAtMs: clock.now(),
    control,
    resolveModel: async () => scriptedModel(answers),
    systemPrompt: async () => 'system',
    history: () => history,
    registry: createToolRegistry(tools),
    toolContext: (toolCallId, progress) => ({ ...workspace.context, toolCallId, progress }),
    broker: {
      ask: async () => ({ kind: 'allowed' }),
      resolve: () => undefined,
      allowWith: () => undefined,
      reconsider: () => undefined,
      pending: () => [],
    },
    readableFolders: [],
    takeCallId: (id) => ItemId.parse(id),
    limits: {},
    steering: {
      take: () => [],
      contentOf: async () => ({ attached: '', media: [], unread: [] }),
      recordIdOf: () => undefined,
      onWritten: () => undefined,
      restore: () => undefined,
    },
    context: { usage: () => ({ counted: 0, added: 0 }), compactAt: 0.85, compactions: { failures: 0, tokensAfterLast: 0 } },
    retry: () => undefined,
    clock,
    logger: workspace.context.logger,
    ...overrides,
  };
  return {
    request,
    control,
    clock,
    history,
    apply(output) {
      if (output.kind === 'message') history.push(output.message);
      if (output.kind === 'history_replaced') history.splice(0, history.length, ...output.messages);
    },
  };
}
