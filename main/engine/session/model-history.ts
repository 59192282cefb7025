/**
 * From records to what the model is sent. Pure; a fold, so that a file is read record by record.
 * A `chat_compression` record replaces everything before it. System records and thoughts of other kinds are skipped.
 * Source: qwen-code.md 2.3.
 */
import type { ModelMessage, ModelToolCall, ModelToolResult } from '../provider/provider.ts';
import { RecordContent, type RecordPart, type SessionRecord } from './session-record.ts';

/** What the model reads for a call whose result was never written. */
export const INTERRUPTED_RESULT =
  'Interrupted: the application ended before this call finished. Its effect is unknown; check before repeating it.';

export interface HistoryFold {
  push(record: SessionRecord): void;
  /** The valid history: every call has exactly one result, in the order of the calls. */
  messages(): ModelMessage[];
}

export function createHistoryFold(): HistoryFold {
  let messages: ModelMessage[] = [];
  return {
    push(record) {
      if (record.type === 'system') {
        if (record.subtype === 'chat_compression') messages = compressed(record) ?? messages;
        return;
      }
      if (record.subtype === 'realtime_message' || record.message === undefined) return;
      for (const message of toMessages(record.message, record.uuid, record.toolCallResult)) addMessage(messages, message);
    },
    messages: () => closeCalls(messages),
  };
}

function compressed(record: SessionRecord): ModelMessage[] | undefined {
  const contents = RecordContent.array().safeParse(record.systemPayload?.['compressedHistory']).data;
  if (contents === undefined) return undefined;
  const messages: ModelMessage[] = [];
  contents.forEach((content, index) => {
    for (const message of toMessages(content, `${record.uuid}:${index}`)) addMessage(messages, message);
  });
  return messages;
}

type CallResult = SessionRecord['toolCallResult'];

function toMessages(content: RecordContent, uuid: string, result?: CallResult): ModelMessage[] {
  if (content.role === 'model') return [toAssistant(content.parts, uuid)];
  const results = content.parts.flatMap((part) => toResult(part, result));
  const text = content.parts
    .map(userText)
    .filter((part) => part !== '')
    .join('\n');
  return [...(results.length === 0 ? [] : [{ role: 'tool' as const, results }]), ...(text === '' ? [] : [{ role: 'user' as const, text }])];
}

function userText(part: RecordPart): string {
  if (part.inlineData !== undefined) return `[${part.inlineData.mimeType ?? 'attachment'} not repeated]`;
  return part.text ?? '';
}

function toAssistant(parts: readonly RecordPart[], uuid: string): ModelMessage {
  const join = (thought: boolean) =>
    parts
      .filter((part) => (part.thought === true) === thought)
      .map((part) => part.text ?? '')
      .join('');
  return { role: 'assistant', text: join(false), thinking: join(true), toolCalls: callsOf(parts, uuid) };
}

/** The calls of an assistant's parts; one without an id gets a stable one. */
export function callsOf(parts: readonly RecordPart[], uuid: string): ModelToolCall[] {
  return parts.flatMap((part, index) =>
    part.functionCall === undefined
      ? []
      : [{ id: part.functionCall.id ?? `${uuid}:${index}`, name: part.functionCall.name, input: part.functionCall.args ?? {} }],
  );
}

function toResult(part: RecordPart, result: CallResult): ModelToolResult[] {
  const response = part.functionResponse;
  if (response === undefined) return [];
  const { output, error } = response.response ?? {};
  const value = error ?? output ?? response.response ?? '';
  return [
    {
      callId: response.id ?? result?.callId ?? '',
      name: response.name ?? '',
      text: typeof value === 'string' ? value : JSON.stringify(value),
      isError: error !== undefined,
    },
  ];
}

/** Neighbours of one role become one message, as the results of one answer are one record each. */
function addMessage(messages: ModelMessage[], message: ModelMessage): void {
  const last = messages.at(-1);
  if (last?.role === 'tool' && message.role === 'tool')
    messages[messages.length - 1] = { role: 'tool', results: [...last.results, ...message.results] };
  else if (last?.role === 'assistant' && message.role === 'assistant')
    messages[messages.length - 1] = {
      role: 'assistant',
      text: last.text + message.text,
      thinking: last.thinking + message.thinking,
      toolCalls: [...last.toolCalls, ...message.toolCalls],
    };
  else messages.push(message);
}

/** What makes a history valid again whose last turn broke off between calls and results (the disk was full): their results. */
export function closeOpenCalls(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  const last = messages.at(-1);
  if (last?.role !== 'assistant' || last.toolCalls.length === 0) return [];
  return [{ role: 'tool', results: last.toolCalls.map(interrupted) }];
}

function interrupted(call: ModelToolCall): ModelToolResult {
  return { callId: call.id, name: call.name, text: INTERRUPTED_RESULT, isError: true };
}

function closeCalls(messages: readonly ModelMessage[]): ModelMessage[] {
  return messages.flatMap((message, at): ModelMessage[] => {
    if (message.role === 'tool') return []; // placed behind its calls below; without calls it belongs to nothing
    if (message.role !== 'assistant') return [message];
    if (message.toolCalls.length === 0) return message.text === '' ? [] : [message]; // an empty answer is refused by providers
    const next = messages[at + 1];
    const given = next?.role === 'tool' ? [...next.results] : [];
    const results = message.toolCalls.map((call) => takeResult(given, call));
    return [message, { role: 'tool', results }];
  });
}

/** By id; a result without an id is that of the first call of its name. */
function takeResult(given: ModelToolResult[], call: ModelToolCall): ModelToolResult {
  const at = given.findIndex((result) => result.callId === call.id || (result.callId === '' && result.name === call.name));
  const found = at === -1 ? undefined : given.splice(at, 1)[0];
  return found === undefined ? interrupted(call) : { ...found, callId: call.id, name: call.name };
}
