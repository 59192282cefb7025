/**
 * Wraps tools and approvals with hooks, so that neither knows about hooks: before the preview of a call, after its end, and while
 * its approval is pending.
 */
import { type ApprovalBroker, describeAction } from '../approval/index.ts';
import type { Todo, Tool, ToolContext, ToolRegistry, ToolResult } from '../tool/index.ts';
import type { HookAnswer } from './hook-answer.ts';
import type { HookCall } from './hooks.ts';

/** `signal`: of the running turn. */
export interface HookedToolsOptions {
  readonly run: (call: HookCall, signal: AbortSignal) => Promise<HookAnswer>;
  readonly signal: () => AbortSignal;
  /** A hook requests the end of the turn. */
  readonly onStop: (reason: string) => void;
  /** No hook has answered this approval, so the user must. `elicitation_dialog`: a question of the model. */
  readonly onQuestion: (title: string, type?: 'permission_prompt' | 'elicitation_dialog') => void;
}

export interface HookedTools {
  registry(registry: ToolRegistry): ToolRegistry;
  broker(broker: ApprovalBroker): ApprovalBroker;
}

/** The answers of hooks for a call, between its preview and its end. */
interface Verdict {
  readonly input: unknown;
  readonly allows: boolean;
  readonly context: readonly string[];
}

export function createHookedTools(options: HookedToolsOptions): HookedTools {
  /** By the id of the call. */
  const verdicts = new Map<string, Verdict>();
  const wrapped = new WeakMap<Tool, Tool>();
  const wrap = (tool: Tool): Tool => {
    const known = wrapped.get(tool) ?? hookedTool(tool, verdicts, options);
    wrapped.set(tool, known);
    return known;
  };
  return {
    registry(registry) {
      const get = (name: string) => {
        const tool = registry.get(name);
        return tool === undefined ? undefined : wrap(tool);
      };
      // Its other members are read each time, because they change while the session runs.
      const hooked: ToolRegistry = Object.create(registry, { get: { value: get } });
      return hooked;
    },
    broker: (broker) => hookedBroker(broker, verdicts, options),
  };
}

/** Tools that wait for the user themselves. */
const ASKS = ['ask_user_question', 'exit_plan_mode'];

function hookedTool(tool: Tool, verdicts: Map<string, Verdict>, options: HookedToolsOptions): Tool {
  const { run, signal: signalOf, onStop, onQuestion } = options;
  const toFields = (input: unknown, { toolCallId }: ToolContext) => ({ tool_name: tool.name, tool_input: input, tool_use_id: toolCallId });

  async function after(input: unknown, result: ToolResult, context: ToolContext, signal: AbortSignal): Promise<readonly string[]> {
    const fields = toFields(input, context);
    if (signal.aborted) {
      // The turn has ended; its hooks run in the background, until the session ends.
      const interrupted = { ...fields, error: result.text, is_interrupt: true };
      void run({ event: 'PostToolUseFailure', subject: tool.name, fields: interrupted }, new AbortController().signal);
      return [];
    }
    const answer = await run(
      result.isError
        ? { event: 'PostToolUseFailure', subject: tool.name, fields: { ...fields, error: result.text, is_interrupt: false } }
        : {
            event: 'PostToolUse',
            subject: tool.name,
            fields: { ...fields, tool_response: { output: result.text, summary: result.summary } },
          },
      signal,
    );
    if (answer.stop !== undefined) onStop(answer.stop);
    return [...(answer.block === undefined ? [] : [answer.block]), ...answer.context];
  }

  return {
    ...tool,
    async preview(input, context) {
      const answer = await run({ event: 'PreToolUse', subject: tool.name, fields: toFields(input, context) }, signalOf());
      if (answer.stop !== undefined) onStop(answer.stop);
      if (signalOf().aborted) return { ok: false, refusal: 'Cancelled before it began.' };
      const { permission } = answer;
      const refused = answer.block ?? answer.stop ?? (permission?.decision === 'deny' ? permission.reason : undefined);
      if (refused !== undefined) return { ok: false, refusal: `Not run. A hook refused it: ${refused}` };
      const parsed = tool.input.safeParse(answer.updatedInput ?? input);
      if (!parsed.success) return { ok: false, refusal: 'Not run. A hook changed its arguments to ones that are not valid.' };
      const preview = await tool.preview(parsed.data, context);
      if (preview.ok) {
        verdicts.set(context.toolCallId, { input: parsed.data, allows: permission?.decision === 'allow', context: answer.context });
      }
      return preview;
    },
    async execute(given, context, signal) {
      const verdict = verdicts.get(context.toolCallId);
      verdicts.delete(context.toolCallId);
      const input = verdict === undefined ? given : verdict.input;
      if (ASKS.includes(tool.name) && context.canAsk) onQuestion(tool.describe(input, context).target, 'elicitation_dialog');
      const before = context.todos.get();
      const result = await tool.execute(input, context, signal);
      if (tool.name === 'todo_write') reportTodoChanges(before, context.todos.get(), (call) => void run(call, signal));
      const said = [...(verdict?.context ?? []), ...(await after(input, result, context, signal))];
      return said.length === 0 ? result : { ...result, text: `${result.text}\n\n[From a hook] ${said.join('\n')}` };
    },
  };
}

/** Each item that is new, and each that is done now. */
function reportTodoChanges(before: readonly Todo[], after: readonly Todo[], report: (call: HookCall) => void): void {
  const common = { all_todos: after, phase: 'postWrite' };
  for (const todo of after) {
    const earlier = before.find(({ id }) => id === todo.id);
    const about = { todo_id: todo.id, todo_content: todo.content, ...common };
    if (earlier === undefined) report({ event: 'TodoCreated', fields: { ...about, todo_status: todo.status } });
    if (todo.status === 'completed' && earlier?.status !== 'completed')
      report({ event: 'TodoCompleted', fields: { ...about, previous_status: earlier?.status ?? 'pending' } });
  }
}

/**
 * Answers an approval if a hook does: PreToolUse with `permissionDecision`, or PermissionRequest. A deny rule is not an approval,
 * and an approval for a protected file or one outside the project remains with the user.
 */
function hookedBroker(broker: ApprovalBroker, verdicts: Map<string, Verdict>, { run, onQuestion }: HookedToolsOptions): ApprovalBroker {
  return {
    ...broker,
    async ask(request, signal, onWaiting) {
      const over = new AbortController();
      const { toolCallId, toolName, touches, preview } = request;
      const isOrdinary = touches.every(({ isInside, protection }) => isInside && protection === 'none');
      const answer = (approvalId: string, allows: boolean, note = '') => {
        const pending = broker.pending().find(({ id }) => id === approvalId);
        if (pending === undefined) return;
        const decision = allows
          ? ({ kind: 'allow', scope: 'once' } as const)
          : ({ kind: 'deny', ...(note === '' ? {} : { note }) } as const);
        broker.resolve(pending.id, pending.digest, decision);
      };
      const decide = async (approvalId: string) => {
        const verdict = verdicts.get(toolCallId);
        if (verdict?.allows === true && isOrdinary) return answer(approvalId, true);
        const offers = broker.pending().find(({ id }) => id === approvalId)?.offers ?? [];
        const fields = {
          tool_name: toolName,
          tool_input: verdict?.input ?? {},
          tool_use_id: toolCallId,
          message: describeAction(preview.action),
          permission_suggestions: offers.map(({ scope, rules }) => ({ scope, rules })),
        };
        const said = await run({ event: 'PermissionRequest', subject: toolName, fields }, AbortSignal.any([signal, over.signal]));
        if (over.signal.aborted) return;
        const decision = said.block === undefined ? said.permission?.decision : 'deny';
        if (decision === 'allow' && isOrdinary) answer(approvalId, true);
        else if (decision === 'deny') answer(approvalId, false, said.block ?? said.permission?.reason);
        else onQuestion(describeAction(preview.action));
      };
      try {
        const outcome = await broker.ask(request, signal, (approvalId) => {
          onWaiting(approvalId);
          setImmediate(() => void decide(approvalId)); // the approval is published after this call
        });
        if (outcome.kind === 'allowed') return outcome;
        const input = verdicts.get(toolCallId)?.input ?? {};
        verdicts.delete(toolCallId); // the call does not run
        if (outcome.kind === 'denied') {
          const fields = { tool_name: toolName, tool_input: input, tool_use_id: toolCallId, reason: outcome.refusal };
          void run({ event: 'PermissionDenied', subject: toolName, fields }, signal);
        }
        return outcome;
      } finally {
        over.abort();
      }
    },
  };
}
