/**
 * Maps the model's history to contents of the Gemini protocol. Pure: equal history gives equal bytes, so that prompt caches hit.
 * The protocol's rules: calls and results alternate, in equal number; each call needs the signature it came with.
 */
import type { Content, FunctionDeclaration, Part } from '@google/genai';
import { pairCalls } from '../call-pairs.ts';
import { isTaken, leftOutText, type Modalities } from '../media.ts';
import type { MediaPart, ModelMessage, ModelToolResult, Signer, ToolSchema } from '../provider.ts';
import { signatureFor } from '../signatures.ts';
import { toGeminiSchema } from './gemini-schema.ts';
import { defined } from '../../../../preload/contract/index.ts';

export interface GeminiHistoryOptions {
  readonly signer: Signer;
  readonly takes: Modalities;
}

type AssistantMessage = Extract<ModelMessage, { role: 'assistant' }>;

/**
 * From the third generation on, the API refuses a call without its signature; this value marks a call of another model. Source:
 * the vendor's page on thought signatures.
 */
const FOREIGN_CALL = 'skip_thought_signature_validator';

export function toGeminiContents(messages: readonly ModelMessage[], options: GeminiHistoryOptions): Content[] {
  const contents: { role: 'user' | 'model'; parts: Part[] }[] = [];
  const add = (role: 'user' | 'model', parts: Part[]) => {
    if (parts.length === 0) return;
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts });
  };
  for (const message of pairCalls(messages)) {
    if (message.role === 'user') {
      add('user', [...(message.media ?? []).map((part) => mediaPart(part, options.takes)), ...textParts(message.text)]);
    } else if (message.role === 'assistant') {
      if (contents.length === 0) add('user', [{ text: NOT_THE_BEGINNING }]);
      add('model', modelParts(message, options.signer));
    } else add('user', resultParts(message.results, options));
  }
  return contents;
}

const NOT_THE_BEGINNING = '(The conversation before this answer is not shown.)';

export function toGeminiTools(tools: readonly ToolSchema[]): FunctionDeclaration[] {
  return tools.map(({ name, description, parameters }) => {
    const schema = toGeminiSchema(parameters);
    return { name, description, ...defined({ parametersJsonSchema: schema }) };
  });
}

/** `gemini-3-pro` is 3, `gemini-2.5-flash` is 2.5; 0 for other families. */
export function geminiVersion(modelId: string): number {
  const found = /gemini-(\d+(?:\.\d+)?)/.exec(modelId.toLowerCase())?.[1];
  if (found !== undefined) return Number(found);
  // `gemini-flash-latest` and the like are newer than this file.
  return /gemini-[a-z-]*latest/.test(modelId.toLowerCase()) ? Number.POSITIVE_INFINITY : 0;
}

function textParts(text: string): Part[] {
  return text.trim() === '' ? [] : [{ text }];
}

function mediaPart(part: MediaPart, takes: Modalities): Part {
  return isTaken(part, takes) ? { inlineData: { mimeType: part.mimeType, data: part.data } } : { text: leftOutText(part) };
}

/** Thinking itself is not sent back: it is a summary. The signatures contain what the model needs of it. */
function modelParts(message: AssistantMessage, signer: Signer): Part[] {
  const ofText = signatureFor(message.thinkingSignature, signer);
  const text = textParts(message.text).map((part): Part => (ofText === undefined ? part : { ...part, thoughtSignature: ofText }));
  const signatures = message.toolCalls.map((call) => signatureFor(call.signature, signer));
  const needsOne = geminiVersion(signer.modelId) >= 3 && signatures.every((signature) => signature === undefined);
  const calls = message.toolCalls.map(({ id, name, input }, at): Part => {
    const signature = signatures[at] ?? (needsOne && at === 0 ? FOREIGN_CALL : undefined);
    return {
      functionCall: { id, name: plainName(name), args: input },
      ...defined({ thoughtSignature: signature }),
    };
  });
  return [...text, ...calls];
}

/** For a call with invalid arguments from another model, or one that another protocol allows. */
function plainName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.:-]/g, '_').slice(0, 128) || 'unknown';
}

/** Media that a tool has read is inside its result from the third generation on, and after all results in earlier ones. */
function resultParts(results: readonly ModelToolResult[], options: GeminiHistoryOptions): Part[] {
  const holdsMedia = geminiVersion(options.signer.modelId) >= 3;
  const behind: Part[] = [];
  const responses = results.map(({ callId, name, text, isError, media = [] }): Part => {
    const parts = media.map((part) => mediaPart(part, options.takes));
    const seen = parts.flatMap(({ inlineData }) => (inlineData === undefined ? [] : [{ inlineData }]));
    const left = parts.flatMap((part) => (part.text === undefined ? [] : [part.text]));
    if (!holdsMedia) behind.push(...seen);
    const output = [text, ...left].filter((line) => line !== '').join('\n');
    return {
      functionResponse: {
        id: callId,
        name: plainName(name),
        response: isError ? { error: output } : { output },
        ...(holdsMedia && seen.length > 0 ? { parts: seen } : {}),
      },
    };
  });
  return [...responses, ...behind];
}
