/**
 * The records of a session file, in Qwen Code's format (0.15.10), parsed loosely: unknown fields and types survive.
 * Source: docs/formats.md 2.2.
 */
import { z } from 'zod';
import { omittedBytes } from './json-clip.ts';
import { defined } from '../../../preload/contract/index.ts';

const InlineMedia = z.looseObject({
  mimeType: z.string().optional(),
  data: z.string().optional().catch(undefined),
  displayName: z.string().optional().catch(undefined),
});

/** One part of a message in the Gemini content form. */
export const RecordPart = z.looseObject({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  thoughtSignature: z.string().optional().catch(undefined),
  functionCall: z
    .looseObject({ id: z.string().optional(), name: z.string(), args: z.record(z.string(), z.unknown()).optional() })
    .optional(),
  functionResponse: z
    .looseObject({
      id: z.string().optional(),
      name: z.string().optional(),
      response: z.record(z.string(), z.unknown()).optional(),
      parts: z
        .array(z.looseObject({ inlineData: InlineMedia.optional().catch(undefined) }))
        .optional()
        .catch(undefined),
    })
    .optional(),
  inlineData: InlineMedia.optional(),
});
export type RecordPart = z.infer<typeof RecordPart>;

export const RecordContent = z.looseObject({ role: z.string().optional(), parts: z.array(RecordPart).default([]) });
export type RecordContent = z.infer<typeof RecordContent>;

/** Gantry's own additions to a record, which Qwen Code ignores. Strings are parsed where they are used. */
const GantryFields = z
  .looseObject({
    /** A `ToolVerb`; in older files the English text. */
    verb: z.string().optional(),
    target: z.string().optional(),
    status: z.string().optional(),
    outcome: z.string().optional(),
    summary: z.string().optional(),
    exitCode: z.number().int().optional().catch(undefined),
    signal: z.number().int().optional().catch(undefined),
    /** The kind of the display. A summary that was written only for Qwen Code is not shown as text here. */
    shows: z.string().optional(),
    taskId: z.string().optional(),
    startedAtMs: z.number().optional(),
    providerId: z.string().optional(),
    /** The protocol and model that accept this answer's signatures; records of Qwen Code do not contain it. */
    signer: z.looseObject({ protocol: z.string(), modelId: z.string(), origin: z.string().optional() }).optional().catch(undefined),
    /** Signed thinking in a form that only its provider's protocol knows, and that Qwen Code could not send back. */
    thinkingSignature: z.string().optional().catch(undefined),
    /** A command that the user typed. The parts of the message are its description, its output and its end. */
    shell: z.looseObject({ command: z.string(), cwd: z.string() }).optional().catch(undefined),
    /** A user message that needs no answer: a file that ends with it was not interrupted. */
    asksNothing: z.boolean().optional(),
  })
  .optional()
  .catch(undefined);

export const SessionRecord = z.looseObject({
  uuid: z.string().min(1),
  /** Empty if the record does not contain it. */
  parentUuid: z.string().nullable().catch('').default(''),
  type: z.string(),
  subtype: z.string().optional().catch(undefined),
  timestamp: z.string().default(''),
  cwd: z.string().optional().catch(undefined),
  model: z.string().optional().catch(undefined),
  message: RecordContent.optional().catch(undefined),
  usageMetadata: z
    .looseObject({ promptTokenCount: z.number().optional(), totalTokenCount: z.number().optional() })
    .optional()
    .catch(undefined),
  contextWindowSize: z.number().optional().catch(undefined),
  toolCallResult: z
    .looseObject({ callId: z.string().optional(), status: z.string().optional(), resultDisplay: z.unknown().optional() })
    .optional()
    .catch(undefined),
  systemPayload: z.record(z.string(), z.unknown()).optional().catch(undefined),
  /** In a copy: the original record and its session. */
  forkedFrom: z.looseObject({ sessionId: z.string() }).optional().catch(undefined),
  gantry: GantryFields,
});
export type SessionRecord = z.infer<typeof SessionRecord>;

/** Precedes a prompt whose record is too long for the session list, and contains the typed text. Qwen Code skips it. */
export const PROMPT_HEAD_SUBTYPE = 'gantry_prompt_head';

/** Precedes a prompt that names files, and contains the typed text. Qwen Code shows it instead of the files' contents. */
const AT_SUBTYPE = 'at_command';

/** Source: docs/formats.md 2.2. */
export function atCommandDraft(typed: string): RecordDraft {
  return { type: 'system', subtype: AT_SUBTYPE, systemPayload: { filesRead: [], status: 'success', userText: typed } };
}

/** The record belongs to the prompt that follows; without that prompt it must not stay on the chain. */
export function announcesPrompt({ type, subtype }: Pick<SessionRecord, 'type' | 'subtype'>): boolean {
  return type === 'system' && (subtype === PROMPT_HEAD_SUBTYPE || subtype === AT_SUBTYPE);
}

/** Names the session that a file is a copy of. Qwen Code skips it, and drops its own records of this kind when it copies. */
export const BRANCH_SUBTYPE = 'gantry_branch';

/** The text that the user typed if the record contains it; otherwise all its text. */
export function typedText(record: SessionRecord): string {
  const shown = record.systemPayload?.['displayText'];
  return typeof shown === 'string' ? shown : shownText(record.message?.parts ?? [], false).join('\n');
}

/** How much of it was cut. Unit: bytes as written. */
export function typedOmitted({ systemPayload, message }: SessionRecord): number {
  return typeof systemPayload?.['displayText'] === 'string'
    ? omittedBytes(systemPayload, 'displayText')
    : countOmitted(message?.parts ?? [], false);
}

/** A record to be written; the log adds the common fields. `uuid` is set if an item already uses it as its id. */
export interface RecordDraft {
  readonly uuid?: string;
  /** Absent: the previous record. Set if the conversation continues from another record (`rewind`). */
  readonly parentUuid?: string | null;
  readonly type: 'user' | 'assistant' | 'tool_result' | 'system';
  readonly subtype?: string;
  readonly [field: string]: unknown;
}

/** The texts of one kind. Texts after a cut one are dropped, because they would seem to follow it directly. */
export function shownText(parts: readonly RecordPart[], isThought: boolean): string[] {
  const texts: string[] = [];
  for (const part of parts) {
    if ((part.thought === true) !== isThought || part.text === undefined) continue;
    texts.push(part.text);
    if (omittedBytes(part, 'text') > 0) break;
  }
  return texts;
}

/** How much of the texts of one kind was cut, if the record is a long line (long-line.ts). Unit: bytes as written. */
export function countOmitted(parts: readonly RecordPart[], isThought: boolean): number {
  return parts.reduce((sum, part) => sum + ((part.thought === true) === isThought ? omittedBytes(part, 'text') : 0), 0);
}

/** Parses one line; undefined for a truncated or malformed line, or one that is not a record. */
export function parseRecord(line: string): SessionRecord | undefined {
  if (line.trim() === '') return undefined;
  try {
    const parsed = SessionRecord.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined; // a truncated or foreign line: skipped, as in Qwen Code
  }
}

/** Records with one uuid are one record: their parts are joined, and the later usage, model and result apply. */
export function mergeRecords(first: SessionRecord, later: SessionRecord): SessionRecord {
  const message = later.message === undefined ? first.message : joinContents(first.message, later.message);
  return {
    ...first,
    ...defined({ message, usageMetadata: later.usageMetadata, model: later.model, toolCallResult: later.toolCallResult }),
  };
}

function joinContents(first: RecordContent | undefined, later: RecordContent): RecordContent {
  return first === undefined ? later : { ...first, parts: [...first.parts, ...later.parts] };
}
