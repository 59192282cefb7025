/**
 * Converts a session's events to those of `GET /session/:id/events`. Pure. Source: docs/formats.md 8; `data.update` has the
 * shapes of the Agent Client Protocol.
 */
import { toRowTitle } from '../engine/index.ts';
import { defined, type Approval, type EventData, type HostEvent, type ToolItem, type TurnEnd } from '../../preload/contract/index.ts';

export interface SessionUpdate {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The possible answers to a permission request; the ids are wire names of Qwen Code. */
export const PERMISSION_OPTIONS = [
  { optionId: 'proceed_once', name: 'Allow once', kind: 'allow_once' },
  { optionId: 'proceed_always', name: 'Allow for this session', kind: 'allow_always' },
  { optionId: 'cancel', name: 'Reject', kind: 'reject_once' },
] as const;

export function toSessionUpdates(event: HostEvent): readonly SessionUpdate[] {
  switch (event.event) {
    case 'item.added':
      return addedItem(event.data.item);
    case 'item.changed':
      return event.data.item.kind === 'tool' ? [update({ sessionUpdate: 'tool_call_update', ...toolState(event.data.item) })] : [];
    case 'message.delta':
      return [chunk(event.data.part === 'text' ? 'agent_message_chunk' : 'agent_thought_chunk', event.data.text)];
    case 'approval.requested':
      return [permissionRequest(event.data.approval)];
    case 'approval.resolved':
      return [
        { type: 'permission_resolved', data: { requestId: event.data.approvalId, outcome: event.data.decision?.kind ?? 'cancelled' } },
      ];
    case 'session.modeChanged':
      return [{ type: 'approval_mode_changed', data: { mode: event.data.mode } }];
    case 'turn.ended':
      return endedTurn(event.data.result);
    default:
      return [];
  }
}

function addedItem(item: EventData<'item.added'>['item']): readonly SessionUpdate[] {
  switch (item.kind) {
    case 'user':
      return [chunk('user_message_chunk', item.text)];
    case 'assistant': // its text so far; the rest follows as deltas
      return [chunk('agent_thought_chunk', item.thinking), chunk('agent_message_chunk', item.text)].filter((made) => made.text !== '');
    case 'tool': {
      const title = toRowTitle(item);
      return [
        update({ sessionUpdate: 'tool_call', title, kind: toolKind(item), rawInput: item.input ?? {}, locations: [], ...toolState(item) }),
      ];
    }
    case 'notice':
      return [];
    default:
      return item satisfies never;
  }
}

function update(value: Readonly<Record<string, unknown>>): SessionUpdate {
  return { type: 'session_update', data: { update: value } };
}

function chunk(sessionUpdate: string, text: string): SessionUpdate & { readonly text: string } {
  return { ...update({ sessionUpdate, content: { type: 'text', text } }), text };
}

function toolState(item: ToolItem): Readonly<Record<string, unknown>> {
  const text = item.error ?? item.summary;
  return {
    toolCallId: item.id,
    status: toolStatus(item),
    content: [...toolContent(item), ...(text === undefined ? [] : [{ type: 'content', content: { type: 'text', text } }])],
  };
}

function toolContent({ display }: ToolItem): readonly unknown[] {
  const text = (value: string) => [{ type: 'content', content: { type: 'text', text: value } }];
  if (display.kind === 'text') return text(display.text);
  if (display.kind === 'diff') return text(display.patch);
  if (display.kind === 'shell' && display.output !== undefined) return text(display.output);
  return [];
}

function toolStatus(item: ToolItem): 'pending' | 'in_progress' | 'completed' | 'failed' {
  switch (item.status) {
    case 'pending':
    case 'awaiting_approval':
      return 'pending';
    case 'running':
      return 'in_progress';
    case 'success':
      return 'completed';
    case 'error':
    case 'denied':
    case 'cancelled':
      return 'failed';
    default:
      return item.status satisfies never;
  }
}

function toolKind(item: Pick<ToolItem, 'toolKind'>): string {
  return ({ read: 'read', search: 'search', edit: 'edit', shell: 'execute', task: 'execute', plan: 'think', other: 'other' } as const)[
    item.toolKind
  ];
}

function permissionRequest(approval: Approval): SessionUpdate {
  const { id, toolCallId, title, toolKind: kind, command, cwd, reason } = approval;
  const rawInput = { ...defined({ command, cwd }) };
  const toolCall = { toolCallId, title, kind: toolKind({ toolKind: kind }), status: 'pending', rawInput, reason };
  return { type: 'permission_request', data: { requestId: id, toolCall, options: PERMISSION_OPTIONS } };
}

const STOP_REASONS = {
  completed: 'end_turn',
  cancelled: 'cancelled',
  interrupted: 'cancelled',
  failed: 'error',
  max_turns: 'max_turn_requests',
} as const satisfies Record<TurnEnd, string>;

function endedTurn({ end, error, usage }: EventData<'turn.ended'>['result']): readonly SessionUpdate[] {
  const complete: SessionUpdate = {
    type: 'turn_complete',
    data: { stopReason: STOP_REASONS[end], usage, ...defined({ error }) },
  };
  return end === 'cancelled' ? [{ type: 'prompt_cancelled', data: {} }, complete] : [complete];
}
