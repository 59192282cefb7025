/**
 * Converts records to the messages that the model is sent. Pure; a fold, so that a file is read record by record.
 * A `chat_compression` record replaces everything before it. System records and thoughts of other kinds are skipped.
 * Source: docs/formats.md 2.3.
 */
import type { MediaPart, ModelMessage, ModelToolCall, ModelToolResult, Signer } from '../provider/provider.ts';
import { signerOfModel, toWireProtocol } from '../provider/index.ts';
import { omittedBytes } from './json-clip.ts';
import { countOmitted, RecordContent, type RecordPart, type SessionRecord } from './session-record.ts';
import { defined } from '../../../preload/contract/index.ts';

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
      for (const message of toMessages(record.message, record.uuid, record)) addMessage(messages, message);
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

function toMessages(content: RecordContent, uuid: string, record?: SessionRecord): ModelMessage[] {
  if (content.role === 'model') return [toAssistant(content.parts, uuid, record)];
  const results = content.parts.flatMap((part) => toResult(part, record?.toolCallResult));
  const text = content.parts
    .map(userText)
    .filter((part) => part !== '')
    .join('\n');
  const media = mediaOf(content.parts);
  const hasUserPart = text !== '' || media.length > 0;
  return [
    ...(results.length === 0 ? [] : [{ role: 'tool' as const, results }]),
    ...(hasUserPart ? [{ role: 'user' as const, text, ...(media.length === 0 ? {} : { media }) }] : []),
  ];
}

function userText(part: RecordPart): string {
  if (part.inlineData !== undefined && (!part.inlineData.data || omittedBytes(part.inlineData, 'data') > 0))
    return `[${part.inlineData.mimeType ?? 'attachment'} is not in the file]`;
  return modelText(part);
}

/** For a text that is too long: its beginning, and a note about the rest. */
function modelText(part: RecordPart): string {
  return `${part.text ?? ''}${omission(omittedBytes(part, 'text'))}`;
}

function omission(bytes: number): string {
  return bytes === 0
    ? ''
    : `\n\n[The rest, about ${bytes} bytes, is omitted because it is too long for the context. The file of this session contains it.]`;
}

/** The images and documents among the parts. */
export function mediaOf(parts: readonly Pick<RecordPart, 'inlineData'>[]): MediaPart[] {
  return parts.flatMap(({ inlineData }) => {
    if (inlineData?.mimeType === undefined || !inlineData.data || omittedBytes(inlineData, 'data') > 0) return [];
    const { mimeType, data, displayName } = inlineData;
    return [{ mimeType, data, ...defined({ name: displayName }) }];
  });
}

/** From our own record field; for a record of Qwen Code, derived from the model. */
function getSigner(record: SessionRecord | undefined): Signer | undefined {
  const own = record?.gantry?.signer;
  const protocol = toWireProtocol(own?.protocol);
  if (own !== undefined && protocol !== undefined) {
    return { protocol, modelId: own.modelId, ...defined({ origin: own.origin }) };
  }
  return record?.model === undefined ? undefined : signerOfModel(record.model);
}

function toAssistant(parts: readonly RecordPart[], uuid: string, record: SessionRecord | undefined): ModelMessage {
  const join = (thought: boolean) =>
    parts
      .filter((part) => (part.thought === true) === thought)
      .map(modelText)
      .join('');
  const signer = getSigner(record);
  const value = record?.gantry?.thinkingSignature ?? parts.find((part) => part.thought === true && part.thoughtSignature)?.thoughtSignature;
  // A signature covers the whole thinking.
  const signed =
    signer === undefined || value === undefined || countOmitted(parts, true) > 0 ? {} : { thinkingSignature: { ...signer, value } };
  return { role: 'assistant', text: join(false), thinking: join(true), ...signed, toolCalls: callsOf(parts, uuid, signer) };
}

/** The calls of an assistant's parts; a call without an id gets a stable one. */
export function callsOf(parts: readonly RecordPart[], uuid: string, signer?: Signer): ModelToolCall[] {
  return parts.flatMap(({ functionCall, thoughtSignature }, index) => {
    if (functionCall === undefined) return [];
    const signed = signer === undefined || !thoughtSignature ? {} : { signature: { ...signer, value: thoughtSignature } };
    return [{ id: functionCall.id ?? `${uuid}:${index}`, name: functionCall.name, input: functionCall.args ?? {}, ...signed }];
  });
}

function toResult(part: RecordPart, result: CallResult): ModelToolResult[] {
  const response = part.functionResponse;
  if (response === undefined) return [];
  const { output, error } = response.response ?? {};
  const value = error ?? output ?? response.response ?? '';
  const media = mediaOf((response.parts ?? []).flatMap(({ inlineData }) => (inlineData === undefined ? [] : [{ inlineData }])));
  return [
    {
      callId: response.id ?? result?.callId ?? '',
      name: response.name ?? '',
      text: `${typeof value === 'string' ? value : JSON.stringify(value)}${omission(omittedBytes(response.response ?? {}, error === undefined ? 'output' : 'error'))}`,
      isError: error !== undefined,
      ...(media.length === 0 ? {} : { media }),
    },
  ];
}

/** Adjacent messages of one role are merged, because each result of an answer is a record of its own. */
function addMessage(messages: ModelMessage[], message: ModelMessage): void {
  const last = messages.at(-1);
  if (last?.role === 'tool' && message.role === 'tool')
    messages[messages.length - 1] = { role: 'tool', results: [...last.results, ...message.results] };
  else if (last?.role === 'assistant' && message.role === 'assistant')
    messages[messages.length - 1] = {
      role: 'assistant',
      text: last.text + message.text,
      thinking: last.thinking + message.thinking,
      // A signature is only valid for the thinking it was issued for, not for a longer one.
      ...onlySignature(last, message),
      toolCalls: [...last.toolCalls, ...message.toolCalls],
    };
  else messages.push(message);
}

type AssistantMessage = Extract<ModelMessage, { role: 'assistant' }>;

function onlySignature(first: AssistantMessage, later: AssistantMessage): Pick<AssistantMessage, 'thinkingSignature'> {
  const of = (a: AssistantMessage, b: AssistantMessage) =>
    b.thinking === '' && b.thinkingSignature === undefined ? a.thinkingSignature : undefined;
  const found = of(first, later) ?? of(later, first);
  return found === undefined ? {} : { thinkingSignature: found };
}

/** Results for the open calls of a turn that broke off between calls and results (the disk was full), so that the history is valid again. */
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
    if (message.role === 'tool') return []; // added after its calls below; without calls it is dropped
    if (message.role !== 'assistant') return [message];
    if (message.toolCalls.length === 0) return message.text === '' ? [] : [message]; // providers refuse an empty answer
    const next = messages[at + 1];
    const given = next?.role === 'tool' ? [...next.results] : [];
    const results = message.toolCalls.map((call) => takeResult(given, call));
    return [message, { role: 'tool', results }];
  });
}

/** Matches by id; a result without an id belongs to the first call of its name. */
function takeResult(given: ModelToolResult[], call: ModelToolCall): ModelToolResult {
  const at = given.findIndex((result) => result.callId === call.id || (result.callId === '' && result.name === call.name));
  const found = at === -1 ? undefined : given.splice(at, 1)[0];
  return found === undefined ? interrupted(call) : { ...found, callId: call.id, name: call.name };
}
