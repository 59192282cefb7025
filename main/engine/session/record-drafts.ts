/** What happens in a turn, as records. Pure. Source: qwen-code.md 2.2. */
import type { ItemId, ToolItem, TranscriptItem, Usage } from '../../../preload/contract/index.ts';
import type { ModelToolCall, ModelToolResult } from '../provider/provider.ts';
import { toResultDisplay } from './result-display.ts';
import type { RecordDraft } from './session-record.ts';
import { NOTICE_SUBTYPE } from './transcript-fold.ts';

export function userDraft(id: ItemId, text: string): RecordDraft {
  return { uuid: id, type: 'user', message: { role: 'user', parts: [{ text }] } };
}

/** A message of the app to the model: shown as a row of information, not as the user's words. */
export function notificationDraft(id: ItemId, text: string, shown: { displayText: string; taskId?: string }): RecordDraft {
  return {
    uuid: id,
    type: 'user',
    subtype: 'notification',
    message: { role: 'user', parts: [{ text }] },
    systemPayload: { displayText: shown.displayText },
    ...(shown.taskId === undefined ? {} : { gantry: { taskId: shown.taskId } }),
  };
}

export interface AnswerFacts {
  readonly id: ItemId;
  readonly model: string;
  readonly providerId: string;
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly ModelToolCall[];
  readonly usage: Usage | undefined;
  readonly contextWindowTokens: number;
}

export function answerDraft(answer: AnswerFacts): RecordDraft {
  const parts = [
    ...(answer.thinking === '' ? [] : [{ text: answer.thinking, thought: true }]),
    ...(answer.text === '' ? [] : [{ text: answer.text }]),
    ...answer.calls.map(({ id, name, input }) => ({ functionCall: { id, name, args: input } })),
  ];
  return {
    uuid: answer.id,
    type: 'assistant',
    model: answer.model,
    message: { role: 'model', parts },
    ...(answer.usage === undefined ? {} : { usageMetadata: usageMetadata(answer.usage) }),
    contextWindowSize: answer.contextWindowTokens,
    gantry: { providerId: answer.providerId },
  };
}

function usageMetadata(usage: Usage) {
  return {
    promptTokenCount: usage.inputTokens,
    candidatesTokenCount: usage.outputTokens,
    thoughtsTokenCount: usage.thinkingTokens,
    totalTokenCount: usage.inputTokens + usage.outputTokens,
    cachedContentTokenCount: usage.cachedTokens,
  };
}

export function toolResultDraft(result: ModelToolResult, item: ToolItem, summary: string): RecordDraft {
  const response = result.isError ? { error: result.text } : { output: result.text };
  const { display } = item;
  return {
    type: 'tool_result',
    message: { role: 'user', parts: [{ functionResponse: { id: result.callId, name: result.name, response } }] },
    toolCallResult: { callId: result.callId, status: qwenStatus(item.status), resultDisplay: toResultDisplay(display, summary) },
    gantry: {
      verb: item.verb,
      target: item.target,
      status: item.status,
      startedAtMs: item.startedAtMs,
      shows: display.kind,
      ...(display.kind === 'shell' ? shellFields(display) : {}),
    },
  };
}

function shellFields(display: Extract<ToolItem['display'], { kind: 'shell' }>) {
  return {
    outcome: display.outcome,
    ...(display.taskId === undefined ? {} : { taskId: display.taskId }),
    ...(display.summary === undefined ? {} : { summary: display.summary }),
  };
}

/** Qwen Code knows three; a refusal is a cancelled call there. */
function qwenStatus(status: ToolItem['status']): 'success' | 'error' | 'cancelled' {
  if (status === 'success' || status === 'error') return status;
  return 'cancelled';
}

export function noticeDraft(item: Extract<TranscriptItem, { kind: 'notice' }>): RecordDraft {
  return { uuid: item.id, type: 'system', subtype: NOTICE_SUBTYPE, systemPayload: { item } };
}
