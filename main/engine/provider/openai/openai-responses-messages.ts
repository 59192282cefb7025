/** Maps the model's history to the input of the Responses API. Pure: equal history gives equal bytes. */
import type {
  FunctionTool,
  ResponseFunctionCallOutputItem,
  ResponseInputContent,
  ResponseInputItem,
} from 'openai/resources/responses/responses';
import { pairCalls } from '../call-pairs.ts';
import { dataUrl, fileName, isTaken, leftOutText, type Modalities } from '../media.ts';
import type { MediaPart, ModelMessage, ModelToolResult, Signer, ToolSchema } from '../provider.ts';
import { signatureFor } from '../signatures.ts';
import { KeptReasoning } from './openai-responses-stream.ts';

export interface ResponsesHistoryOptions {
  readonly takes: Modalities;
  readonly signer: Signer;
}

type MapOnce = (message: ModelMessage, map: () => readonly ResponseInputItem[]) => readonly ResponseInputItem[];

export function toResponsesInput(
  messages: readonly ModelMessage[],
  options: ResponsesHistoryOptions,
  mapOnce: MapOnce = (_message, map) => map(),
): ResponseInputItem[] {
  return pairCalls(messages).flatMap((message) => [...mapOnce(message, () => toItems(message, options))]);
}

function toItems(message: ModelMessage, options: ResponsesHistoryOptions): readonly ResponseInputItem[] {
  if (message.role === 'user') {
    return [{ type: 'message', role: 'user', content: toContent(message.text, message.media ?? [], options.takes) }];
  }
  if (message.role === 'assistant') return assistantItems(message, options.signer);
  return message.results.map((result) => ({
    type: 'function_call_output',
    call_id: result.callId,
    output: toOutput(result, options.takes),
  }));
}

/** `strict` false: our schemas have optional members, which strict ones must not have. */
export function toResponsesTools(tools: readonly ToolSchema[]): FunctionTool[] {
  return tools.map(({ name, description, parameters }) => ({ type: 'function', name, description, parameters, strict: false }));
}

function toContent(text: string, media: readonly MediaPart[], takes: Modalities): string | ResponseInputContent[] {
  const left = media.filter((part) => !isTaken(part, takes)).map(leftOutText);
  const whole = [text, ...left].filter((part) => part !== '').join('\n');
  const taken = media.filter((part) => isTaken(part, takes));
  if (taken.length === 0) return whole;
  return [...(whole === '' ? [] : [{ type: 'input_text' as const, text: whole }]), ...taken.map(mediaItem)];
}

function mediaItem(
  part: MediaPart,
): Extract<ResponseFunctionCallOutputItem, { type: 'input_image' | 'input_file' }> & ResponseInputContent {
  return part.mimeType === 'application/pdf'
    ? { type: 'input_file', filename: fileName(part), file_data: dataUrl(part) }
    : { type: 'input_image', image_url: dataUrl(part), detail: 'auto' };
}

function toOutput(result: ModelToolResult, takes: Modalities): string | ResponseFunctionCallOutputItem[] {
  const media = result.media ?? [];
  const left = media.filter((part) => !isTaken(part, takes)).map(leftOutText);
  const whole = [result.text, ...left].filter((part) => part !== '').join('\n');
  const taken = media.filter((part) => isTaken(part, takes));
  return taken.length === 0 ? whole : [{ type: 'input_text', text: whole }, ...taken.map(mediaItem)];
}

/** Reasoning keeps its position: each piece precedes what it led to. */
function assistantItems(message: Extract<ModelMessage, { role: 'assistant' }>, signer: Signer): ResponseInputItem[] {
  const kept = readKept(signatureFor(message.thinkingSignature, signer));
  const reasoning = (afterCalls: number, afterText: boolean) =>
    kept
      .filter((piece) => piece.afterCalls === afterCalls && piece.afterText === afterText)
      // Without its id: the item was not stored at the service, which refuses a reference to it.
      .map(({ encrypted, summary }) => ({
        type: 'reasoning',
        summary: summary.map((text) => ({ type: 'summary_text', text })),
        encrypted_content: encrypted,
      })) as unknown as ResponseInputItem[]; // the SDK's type requires the id; the API accepts the item without it
  const hasText = message.text !== '';
  return [
    ...reasoning(0, false),
    ...(hasText ? [{ type: 'message' as const, role: 'assistant' as const, content: message.text }] : []),
    ...reasoning(0, true),
    ...message.toolCalls.flatMap((call, index) => [
      { type: 'function_call' as const, call_id: call.id, name: call.name, arguments: JSON.stringify(call.input) },
      ...(index + 1 < message.toolCalls.length ? [...reasoning(index + 1, false), ...reasoning(index + 1, true)] : []),
    ]),
  ];
}

function readKept(value: string | undefined): KeptReasoning {
  if (value === undefined) return [];
  try {
    return KeptReasoning.safeParse(JSON.parse(value)).data ?? [];
  } catch {
    return []; // not written by us: omitted
  }
}
