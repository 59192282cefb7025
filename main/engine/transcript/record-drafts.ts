/** Converts the events of a turn to records. Pure. Source: docs/formats.md 2.2. */
import { defined, type ItemId, type ToolItem, type TranscriptItem, type Usage } from '../../../preload/contract/index.ts';
import type { MediaPart, ModelMessage, ModelToolCall, ModelToolResult, Signature } from '../provider/provider.ts';
import { toResultDisplay } from './result-display.ts';
import type { RecordDraft } from './session-record.ts';
import { NOTICE_SUBTYPE } from './transcript-fold.ts';

type NoticeItem = Extract<TranscriptItem, { kind: 'notice' }>;

/** The attachments of a user message. `displayText`: the typed text, if the model reads something else. */
export interface UserExtras {
  readonly displayText?: string;
  /** Contents of the files that it names, in a part of their own. */
  readonly attached?: string;
  readonly media?: readonly MediaPart[];
}

/** The text comes first, because a reader without media support shows only that. */
export function userDraft(id: ItemId, text: string, { displayText, attached = '', media = [] }: UserExtras = {}): RecordDraft {
  const texts = [text, attached].filter((part) => part !== '').map((part) => ({ text: part }));
  const shown = displayText === undefined ? {} : { systemPayload: { displayText } };
  return { uuid: id, type: 'user', message: { role: 'user', parts: [...texts, ...media.map(mediaPart)] }, ...shown };
}

/** The message for the model, equal to what a reader of the record builds from its parts. */
export function userMessage(text: string, { attached = '', media = [] }: UserExtras = {}): Extract<ModelMessage, { role: 'user' }> {
  const combined = [text, attached].filter((part) => part !== '').join('\n');
  return { role: 'user', text: combined, ...(media.length === 0 ? {} : { media }) };
}

function mediaPart({ mimeType, data, name }: MediaPart) {
  return { inlineData: { mimeType, data, ...defined({ displayName: name }) } };
}

/** A prompt that arrived while the agent worked; a reader appends it to the results before it. Source: docs/formats.md 2.2. */
export function midTurnDraft(id: ItemId, text: string, extras: UserExtras = {}): RecordDraft {
  return { ...userDraft(id, text, { ...extras, displayText: text }), subtype: 'mid_turn_user_message' };
}

/**
 * A message from the app to the model, shown as a notice and not as the user's text. Qwen Code shows `displayText`; `gantry.notice`
 * says the same as data.
 */
export function notificationDraft(id: ItemId, text: string, shown: Pick<NoticeItem, 'text' | 'content' | 'taskId'>): RecordDraft {
  return {
    uuid: id,
    type: 'user',
    subtype: 'notification',
    message: { role: 'user', parts: [{ text }] },
    systemPayload: { displayText: shown.text },
    gantry: defined({ taskId: shown.taskId, notice: shown.content }),
  };
}

export interface AnswerFacts {
  readonly id: ItemId;
  readonly model: string;
  readonly providerId: string;
  readonly text: string;
  readonly thinking: string;
  readonly thinkingMs?: number;
  readonly thinkingSignature?: Signature;
  readonly calls: readonly ModelToolCall[];
  readonly usage: Usage | undefined;
  readonly contextWindowTokens: number;
}

export function answerDraft(answer: AnswerFacts): RecordDraft {
  const { thinkingSignature: signed } = answer;
  const plain = plainValue(signed);
  const parts = [
    ...(answer.thinking === '' && plain === undefined
      ? []
      : [{ text: answer.thinking, thought: true, ...defined({ thoughtSignature: plain }) }]),
    ...(answer.text === '' ? [] : [{ text: answer.text }]),
    ...answer.calls.map(({ id, name, input, signature }) => ({
      functionCall: { id, name, args: input },
      ...(signature === undefined ? {} : { thoughtSignature: signature.value }),
    })),
  ];
  return {
    uuid: answer.id,
    type: 'assistant',
    model: answer.model,
    message: { role: 'model', parts },
    ...(answer.usage === undefined ? {} : { usageMetadata: usageMetadata(answer.usage) }),
    contextWindowSize: answer.contextWindowTokens,
    gantry: {
      providerId: answer.providerId,
      ...defined({ thinkingMs: answer.thinkingMs }),
      ...signerFields(signed ?? answer.calls.find((call) => call.signature !== undefined)?.signature),
      ...(signed === undefined || plain !== undefined ? {} : { thinkingSignature: signed.value }),
    },
  };
}

/** Qwen Code also keeps and sends back one signature of one piece of thinking; it could not do so with JSON of several blocks. */
function plainValue(signature: Signature | undefined): string | undefined {
  return signature === undefined || /^[[{]/.test(signature.value) ? undefined : signature.value;
}

function signerFields(signature: Signature | undefined) {
  if (signature === undefined) return {};
  const { protocol, modelId, origin } = signature;
  return { signer: { protocol, modelId, ...defined({ origin }) } };
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
  const media = result.media === undefined || result.media.length === 0 ? {} : { parts: result.media.map(mediaPart) };
  return {
    type: 'tool_result',
    message: { role: 'user', parts: [{ functionResponse: { id: result.callId, name: result.name, response, ...media } }] },
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
    ...defined({
      marks: display.marks,
      taskId: display.taskId,
      summary: display.summary,
      exitCode: display.exitCode,
      signal: display.signal,
      end: display.end,
    }),
  };
}

/** Qwen Code has three statuses; a denied call counts as cancelled there. */
function qwenStatus(status: ToolItem['status']): 'success' | 'error' | 'cancelled' {
  if (status === 'success' || status === 'error') return status;
  return 'cancelled';
}

export function noticeDraft(item: NoticeItem): RecordDraft {
  return { uuid: item.id, type: 'system', subtype: NOTICE_SUBTYPE, systemPayload: { item } };
}
