/**
 * Maps the model's history to messages of Anthropic's protocol. Pure: equal history gives equal bytes, so that prompt caches hit.
 * The protocol's rules: user and assistant alternate, the user comes first and last; results directly follow their calls and
 * precede any text; no empty texts; ids contain only plain characters and are unique; thinking needs the signature it came with.
 */
import type { ContentBlockParam, MessageParam, TextBlockParam, Tool, ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages';
import { pairCalls } from '../call-pairs.ts';
import { isTaken, leftOutText, type Modalities } from '../media.ts';
import type { MediaPart, ModelMessage, ModelToolResult, Signer, ToolSchema } from '../provider.ts';
import { signatureFor } from '../signatures.ts';
import { type LayoutPiece, readLayout } from './anthropic-layout.ts';
import { toInputSchema } from './anthropic-schema.ts';

export interface AnthropicHistoryOptions {
  readonly signer: Signer;
  readonly takes: Modalities;
}

type AssistantMessage = Extract<ModelMessage, { role: 'assistant' }>;

const NOT_THE_BEGINNING = '(The conversation before this answer is not shown.)';
/** Newer models refuse a history that ends with an assistant message. */
const GO_ON = 'Go on.';
const ID = /^[A-Za-z0-9_-]{1,64}$/;

export function toAnthropicMessages(messages: readonly ModelMessage[], options: AnthropicHistoryOptions): MessageParam[] {
  const takeId = uniqueIds();
  const mapped: { role: 'user' | 'assistant'; content: ContentBlockParam[] }[] = [];
  const add = (role: 'user' | 'assistant', content: ContentBlockParam[]) => {
    if (content.length === 0) return;
    const last = mapped.at(-1);
    if (last?.role !== role) mapped.push({ role, content });
    // Thinking counts only at the beginning of an answer.
    else last.content.push(...content.filter((block) => block.type !== 'thinking' && block.type !== 'redacted_thinking'));
  };
  let ids = new Map<string, string>();
  for (const message of pairCalls(messages)) {
    if (message.role === 'user')
      add('user', [...(message.media ?? []).map((part) => mediaBlock(part, options.takes)), ...textBlocks(message.text)]);
    else if (message.role === 'assistant') {
      ids = new Map(message.toolCalls.map((call) => [call.id, takeId(call.id)]));
      if (mapped.length === 0) add('user', textBlocks(NOT_THE_BEGINNING));
      add('assistant', assistantBlocks(message, ids, options.signer));
    } else {
      const results = message.results.map((result) => resultBlock(result, ids.get(result.callId) ?? result.callId, options.takes));
      add('user', results);
    }
  }
  if (mapped.at(-1)?.role === 'assistant') add('user', textBlocks(GO_ON));
  return mapped;
}

export function toAnthropicTools(tools: readonly ToolSchema[]): Tool[] {
  return tools.map(({ name, description, parameters }) => ({ name, description, input_schema: toInputSchema(parameters) }));
}

/** Ids of other protocols may contain any characters, and some servers repeat ids in every answer. */
function uniqueIds(): (id: string) => string {
  const taken = new Set<string>();
  return (id) => {
    const plain = ID.test(id) ? id : `call_${id.replace(/[^A-Za-z0-9_-]/g, '_').slice(-50)}`;
    let unique = plain;
    for (let copy = 2; taken.has(unique); copy += 1) unique = `${plain.slice(0, 56)}_${copy}`;
    taken.add(unique);
    return unique;
  };
}

/** The API refuses texts that are empty or contain only white space. */
function textBlocks(text: string): TextBlockParam[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

type MediaBlock = Extract<Exclude<ToolResultBlockParam['content'], string | undefined>[number], { type: 'text' | 'image' | 'document' }>;

function mediaBlock(part: MediaPart, takes: Modalities): MediaBlock {
  const { mimeType, data, name } = part;
  if (!isTaken(part, takes)) return { type: 'text', text: leftOutText(part) };
  if (mimeType === 'application/pdf') {
    const title = name === undefined ? {} : { title: name };
    return { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data }, ...title };
  }
  const type = IMAGE_TYPES.find((known) => known === mimeType);
  return type === undefined
    ? { type: 'text', text: leftOutText(part) }
    : { type: 'image', source: { type: 'base64', media_type: type, data } };
}

const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;

function assistantBlocks(message: AssistantMessage, ids: ReadonlyMap<string, string>, signer: Signer): ContentBlockParam[] {
  const calls = message.toolCalls.map((call) => ({
    type: 'tool_use' as const,
    id: ids.get(call.id) ?? call.id,
    name: call.name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 128) || 'unknown',
    input: call.input,
  }));
  const value = signatureFor(message.thinkingSignature, signer);
  const layout = value === undefined ? undefined : readLayout(value, message);
  return [...textAndThinkingBlocks(message, layout ?? [{ text: message.text.length }], signer), ...calls];
}

/** Thinking and text; the calls follow both, as every model writes them. */
function textAndThinkingBlocks({ thinking, text }: AssistantMessage, layout: readonly LayoutPiece[], signer: Signer): ContentBlockParam[] {
  let thought = 0;
  let said = 0;
  return layout.flatMap((piece): ContentBlockParam[] => {
    if ('text' in piece) {
      said += piece.text;
      return textBlocks(text.slice(said - piece.text, said));
    }
    if ('redacted' in piece) return [{ type: 'redacted_thinking', data: piece.redacted }];
    if (!('thinking' in piece)) return [];
    thought += piece.thinking;
    // The answer was cut before it was signed: only endpoints that sign nothing accept it.
    if (piece.signature === '' && signsThinking(signer.modelId)) return [];
    return [{ type: 'thinking', thinking: thinking.slice(thought - piece.thinking, thought), signature: piece.signature }];
  });
}

export function signsThinking(modelId: string): boolean {
  return modelId.toLowerCase().includes('claude');
}

function resultBlock(result: ModelToolResult, id: string, takes: Modalities): ToolResultBlockParam {
  const text = textBlocks(result.text);
  // With an error the API accepts only text.
  const media = (result.media ?? []).map((part) => mediaBlock(part, takes)).filter((block) => !result.isError || block.type === 'text');
  const content = [...text, ...media];
  return {
    type: 'tool_result',
    tool_use_id: id,
    ...(content.length === 0 ? {} : { content: media.length === 0 ? result.text : content }),
    ...(result.isError ? { is_error: true } : {}),
  };
}
