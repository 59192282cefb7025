/** The record of a summarized history, and its row. Pure. Source: docs/formats.md 2.2, 4.5. */
import { CompactionKept, defined, type ItemId, type TranscriptItem } from '../../../preload/contract/index.ts';
import type { MediaPart, ModelMessage } from '../provider/provider.ts';
import { describeKept, describeNotice } from './describe-notice.ts';
import type { RecordDraft, SessionRecord } from './session-record.ts';

/** `COMPRESSED` of Qwen Code. */
const COMPRESSED = 1;

export interface CompressionFacts {
  readonly id: ItemId;
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  readonly history: readonly ModelMessage[];
  /** What is kept unchanged. */
  readonly kept: CompactionKept;
  readonly summary: string;
  /** The row and the record share this time. */
  readonly createdAtMs: number;
}

/** Both programs continue from `compressedHistory`; `gantry` is for the row. Versions that know only text read `kept`. */
export function compressionDraft({ id, tokensBefore, tokensAfter, history, kept, summary, createdAtMs }: CompressionFacts) {
  return {
    uuid: id,
    timestamp: new Date(createdAtMs).toISOString(),
    type: 'system',
    subtype: 'chat_compression',
    systemPayload: {
      info: { originalTokenCount: tokensBefore, newTokenCount: tokensAfter, compressionStatus: COMPRESSED },
      compressedHistory: history.map(toContent),
    },
    gantry: { kept: describeKept(kept), keeps: kept, summary },
  } satisfies RecordDraft;
}

/** The same row during a turn and after loading. A record of Qwen Code gives the fields it has. */
export function compressionNotice(
  record: Pick<SessionRecord, 'systemPayload' | 'gantry'>,
  id: ItemId,
  createdAtMs: number,
): TranscriptItem {
  const content = { code: 'compacted', ...defined({ tokens: compressionTokens(record), kept: keptOf(record) }) } as const;
  const { kept, summary } = record.gantry ?? {};
  const common = { kind: 'notice', id, createdAtMs, level: 'quiet', ...defined({ detail: summary }) } as const;
  // A record of an earlier version says only in English what was kept.
  if (typeof kept === 'string' && content.kept === undefined) return { ...common, text: `${describeNotice(content)} ${kept}` };
  return { ...common, text: describeNotice(content), content };
}

function keptOf({ gantry }: Pick<SessionRecord, 'gantry'>): CompactionKept | undefined {
  return CompactionKept.safeParse(gantry?.['keeps']).data;
}

/** The size of the context before and after; undefined if the record does not contain it. */
export function compressionTokens({ systemPayload }: Pick<SessionRecord, 'systemPayload'>): { before: number; after: number } | undefined {
  const info = systemPayload?.['info'];
  if (typeof info !== 'object' || info === null) return undefined;
  const before = 'originalTokenCount' in info ? info.originalTokenCount : undefined;
  const after = 'newTokenCount' in info ? info.newTokenCount : undefined;
  return typeof before === 'number' && typeof after === 'number' ? { before, after } : undefined;
}

/** Thinking is omitted, because it is bound to answers that are gone. */
function toContent(message: ModelMessage) {
  switch (message.role) {
    case 'user':
      return { role: 'user', parts: [{ text: message.text }, ...mediaParts(message.media)] };
    case 'assistant':
      return {
        role: 'model',
        parts: [
          ...(message.text === '' ? [] : [{ text: message.text }]),
          ...message.toolCalls.map(({ id, name, input, signature }) => ({
            functionCall: { id, name, args: input },
            ...(signature === undefined ? {} : { thoughtSignature: signature.value }),
          })),
        ],
      };
    case 'tool':
      return {
        role: 'user',
        parts: message.results.map(({ callId, name, text, isError, media }) => ({
          functionResponse: {
            id: callId,
            name,
            response: isError ? { error: text } : { output: text },
            ...(media === undefined || media.length === 0 ? {} : { parts: mediaParts(media) }),
          },
        })),
      };
    default:
      return message satisfies never;
  }
}

function mediaParts(media: readonly MediaPart[] = []) {
  return media.map(({ mimeType, data, name }) => ({
    inlineData: { mimeType, data, ...defined({ displayName: name }) },
  }));
}
