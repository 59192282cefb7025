/**
 * The control requests of `--input-format stream-json`: each gets exactly one `control_response`, whatever happens.
 * Source: docs/formats.md 3.4; the names are wire names.
 */
import { ApprovalMode, type ContextMeter, type ModelRef, type ProjectId } from '../../../preload/contract/index.ts';
import { toContextUsage } from '../../acp-shapes/index.ts';
import { EFFORTS, type Engine, type SessionHandle, toApprovalMode } from '../../engine/index.ts';
import { serverStatuses } from '../output/mcp-status.ts';
import type { ControlOutput } from '../output/output-message.ts';
import type { ControlPayload } from './control-message.ts';
import { HEATMAP_DAYS, toUsageDashboard, toUsageRange } from './usage-dashboard.ts';

export interface ControlRequestDeps {
  readonly engine: Engine;
  readonly projectId: ProjectId;
  readonly session: SessionHandle;
  readonly send: (message: ControlOutput) => void;
  readonly say: (line: string) => void;
  readonly setAnswerMs: (ms: number) => void;
  /** The current state of the session. */
  readonly now: () => { readonly model: string; readonly modelRef: ModelRef | undefined; readonly context: ContextMeter };
}

type Reply = Readonly<Record<string, unknown>>;

/** Never rejects. */
export async function answerControlRequest(deps: ControlRequestDeps, id: string, payload: ControlPayload): Promise<void> {
  try {
    const response = await perform(deps, payload);
    deps.send({ type: 'control_response', response: { subtype: 'success', request_id: id, response } });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    deps.send({ type: 'control_response', response: { subtype: 'error', request_id: id, error: message } });
  }
}

async function perform(deps: ControlRequestDeps, payload: ControlPayload): Promise<Reply> {
  const { engine, session, projectId } = deps;
  switch (payload.subtype) {
    case 'initialize':
      return initialize(deps, payload);
    case 'interrupt':
      session.work.cancel();
      return { subtype: 'interrupt' };
    case 'set_permission_mode':
      return setMode(deps, payload['mode']);
    case 'set_model':
      return setModel(deps, payload['model']);
    case 'supported_commands':
      return { subtype: 'supported_commands', commands: (await engine.commands.list(projectId)).map(({ name }) => name) };
    case 'set_effort':
      return setEffort(session, payload['effort']);
    case 'get_context_usage': {
      const [usage, tools] = await Promise.all([session.context(), session.toolUsage()]);
      return { subtype: 'get_context_usage', ...toContextUsage(deps.now().model, usage, tools, payload['show_details'] === true) };
    }
    case 'get_available_models': {
      const { providers } = await engine.providers.list(projectId);
      const real = providers.filter(({ protocol }) => protocol !== 'demo');
      const models = real.flatMap((provider) => provider.models.map((model) => ({ ...model, provider: provider.name })));
      return {
        subtype: 'get_available_models',
        models: models.map(({ id, name, provider, contextWindowTokens }) => ({
          id,
          label: name ?? `${id} (${provider})`,
          contextWindowSize: contextWindowTokens,
        })),
      };
    }
    case 'get_usage_info': {
      const nowMs = Date.now();
      const uses = await engine.sessions.usage(nowMs - HEATMAP_DAYS * 24 * 60 * 60 * 1000);
      return { ...toUsageDashboard(uses, toUsageRange(payload['range']), nowMs), subtype: 'get_usage_info' };
    }
    case 'mcp_server_status':
      return { subtype: 'mcp_server_status', status: await serverStatuses(engine, projectId) };
    default:
      throw new Error(`Unknown control request subtype: ${payload.subtype}`);
  }
}

async function initialize({ session, say, setAnswerMs }: ControlRequestDeps, payload: ControlPayload): Promise<Reply> {
  if (!isEmpty(payload['hooks'])) say('Hooks of the program are not called, as in Qwen Code; those of settings.json are.');
  const timeout = payload['timeout'];
  const answerMs = typeof timeout === 'object' && timeout !== null && 'canUseTool' in timeout ? timeout.canUseTool : undefined;
  if (typeof answerMs === 'number' && answerMs > 0) setAnswerMs(answerMs);
  const wanted = payload['effort'];
  const effort = wanted === undefined || wanted === null ? undefined : await setEffort(session, wanted);
  return {
    subtype: 'initialize',
    session_id: session.id,
    capabilities: {
      can_handle_can_use_tool: true,
      can_handle_hook_callback: false,
      can_set_permission_mode: true,
      can_set_model: true,
      can_set_effort: true,
      can_get_context_usage: true,
      can_get_available_models: true,
      can_get_usage_info: true,
      can_handle_mcp_message: true,
    },
    ...(effort === undefined ? {} : { effort_status: effort }),
  };
}

async function setEffort(session: SessionHandle, wanted: unknown): Promise<Reply> {
  const effort = EFFORTS.find((known) => known === wanted);
  if (effort === undefined) throw new Error(`Invalid effort value. Supported: ${EFFORTS.join(', ')}`);
  const { applied } = await session.setEffort(effort);
  return { subtype: 'set_effort', effort, applied, override: null, ...(applied ? {} : { reason: 'thinking may be disabled' }) };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

function setMode({ session, say }: ControlRequestDeps, wanted: unknown): Reply {
  const mode = toApprovalMode(wanted);
  if (wanted === 'auto') say('The mode auto runs as auto-edit: no model judges calls.');
  if (mode === undefined)
    throw new Error(`Invalid permission mode: ${String(wanted)}. Valid values are: ${ApprovalMode.options.join(', ')}`);
  session.setMode(mode);
  return { status: 'updated', mode };
}

async function setModel({ engine, session, projectId, now }: ControlRequestDeps, wanted: unknown): Promise<Reply> {
  if (typeof wanted !== 'string' || wanted.trim() === '') throw new Error('Invalid model specified for set_model request');
  const { providers } = await engine.providers.list(projectId);
  const found: readonly ModelRef[] = providers.flatMap((provider) =>
    provider.models.filter(({ id }) => id === wanted).map(({ id }) => ({ providerId: provider.id, modelId: id })),
  );
  const ref =
    found.find(({ providerId }) =>
      providers.some(({ id, models }) => id === providerId && models.some(({ id: model }) => model === now().model)),
    ) ?? found[0];
  // Any other id is a model of the provider in use, which says whether it has it.
  const providerId = now().modelRef?.providerId ?? (await engine.settings.describe(projectId)).defaultModel?.providerId;
  const chosen = ref ?? (providerId === undefined ? undefined : { providerId, modelId: wanted });
  if (chosen === undefined)
    throw new Error(`No provider is configured that could have the model ${wanted}. Add one to modelProviders in settings.json.`);
  session.setModel(chosen);
  return { subtype: 'set_model', model: wanted };
}
