/** Approvals as permission requests, and the answers as decisions. Pure; the ids of the options are wire names of Qwen Code. */
import type { PermissionOption, RequestPermissionRequest, ToolCallContent } from '@agentclientprotocol/sdk';
import { type Approval, type ApprovalDecision, spellHidden, type ToolItem } from '../../preload/contract/index.ts';
import { textContent, toEditorKind, toLocations, toToolMeta } from './tool-updates.ts';

const ONCE: PermissionOption = { optionId: 'proceed_once', name: 'Allow', kind: 'allow_once' };
const REJECT: PermissionOption = { optionId: 'cancel', name: 'Reject', kind: 'reject_once' };

export interface PermissionFacts {
  readonly root: string;
  readonly input: ToolItem['input'];
  /** The change as the editor shows it. */
  readonly diff: ToolCallContent | undefined;
}

export function toPermissionRequest(approval: Approval, { root, input = {}, diff }: PermissionFacts): RequestPermissionRequest {
  const { toolName, toolKind, command, display } = approval;
  const plan = display.kind === 'text' && display.text !== '' ? [textContent(display.text)] : [];
  return {
    sessionId: approval.sessionId,
    options: optionsFor(approval),
    toolCall: {
      toolCallId: approval.toolCallId,
      status: 'pending',
      title: spellHidden(command ?? approval.title),
      content: [...reasonOf(approval), ...plan, ...(diff === undefined ? [] : [diff])],
      locations: toLocations(input, root),
      kind: toEditorKind(toolName, toolKind),
      rawInput: input,
      _meta: toToolMeta({ name: toolName }),
    },
  };
}

/** Why this call needs an approval, unless the mode is the reason for all calls of its kind. */
function reasonOf({ cause, reason }: Approval): ToolCallContent[] {
  const isOrdinary = cause?.code === 'edits' || cause?.code === 'tool';
  return isOrdinary || reason === '' ? [] : [textContent(spellHidden(reason))];
}

function optionsFor({ toolKind, offers = [], command }: Approval): PermissionOption[] {
  if (toolKind === 'edit') return [{ optionId: 'proceed_always', name: 'Allow All Edits', kind: 'allow_always' }, ONCE, REJECT];
  const lasting = offers.map(({ scope, rules }): PermissionOption => {
    const where = scope === 'project' ? 'in project' : 'for user';
    return { optionId: `proceed_always_${scope}`, name: spellHidden(`Always Allow ${where}: ${rules.join(', ')}`), kind: 'allow_always' };
  });
  const session: PermissionOption[] =
    lasting.length > 0 || command !== undefined
      ? []
      : [{ optionId: 'proceed_always', name: 'Allow for this session', kind: 'allow_always' }];
  return [...lasting, ...session, ONCE, REJECT];
}

/** An option that was not offered denies the call, and so does an answer of another form. */
export function toDecision(answer: unknown, approval: Approval): ApprovalDecision {
  const optionId = chosenOption(answer);
  if (optionId === undefined || optionId === REJECT.optionId) return { kind: 'deny' };
  if (!optionsFor(approval).some((option) => option.optionId === optionId))
    return { kind: 'deny', note: 'The editor answered with an option that was not offered.' };
  switch (optionId) {
    case 'proceed_always_project':
      return { kind: 'allow', scope: 'project' };
    case 'proceed_always_user':
      return { kind: 'allow', scope: 'user' };
    case 'proceed_always':
      return { kind: 'allow', scope: 'session' };
    default:
      return { kind: 'allow', scope: 'once' };
  }
}

/** Undefined: the client cancelled the request, or its answer has another form. */
export function chosenOption(answer: unknown): string | undefined {
  const outcome = field(answer, 'outcome');
  const optionId = field(outcome, 'optionId');
  return field(outcome, 'outcome') === 'selected' && typeof optionId === 'string' ? optionId : undefined;
}

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}
