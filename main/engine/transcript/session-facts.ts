/** Derives the facts of a session from its records: title, times, model, whether its last turn is open. Pure. */
import { defined, ModelRef, SessionId } from '../../../preload/contract/index.ts';
import { titleFromPrompt } from './title.ts';
import { compressionTokens } from './compression-record.ts';
import { BRANCH_SUBTYPE, type RecordDraft, type SessionRecord, typedText } from './session-record.ts';
import { NOTICE_SUBTYPE } from './transcript-fold.ts';

/** The session that this one is a copy of, and its title at that time if the file contains it. */
export interface SessionOrigin {
  readonly sessionId: SessionId;
  readonly title?: string;
}

/** Used until a model has answered in this session. Unit: tokens. Source: docs/formats.md 4.5. */
export const DEFAULT_WINDOW_TOKENS = 131_072;
/** Marks a turn that the user stopped before an answer, so that it does not look interrupted. */
export const TURN_END_SUBTYPE = 'gantry_turn_end';

/** A permission for the rest of the session. Qwen Code skips subtypes it does not know. */
const GRANT_SUBTYPE = 'gantry_grant';

export function grantDraft(grant: string): RecordDraft {
  return { type: 'system', subtype: GRANT_SUBTYPE, systemPayload: { grant } };
}

/** A fold over the records of the chain, oldest first. */
export function createFacts() {
  let title: string | undefined;
  let prompt: string | undefined;
  let createdAtMs: number | undefined;
  let updatedAtMs: number | undefined;
  let model: ModelRef | undefined;
  let usedTokens = 0;
  let windowTokens = DEFAULT_WINDOW_TOKENS;
  let isInterrupted = false;
  const grants: string[] = [];
  let branchedFrom: SessionOrigin | undefined;
  return {
    push(record: SessionRecord): void {
      const timeMs = Date.parse(record.timestamp);
      if (!Number.isNaN(timeMs)) {
        createdAtMs ??= timeMs;
        updatedAtMs = timeMs;
      }
      const custom = record.subtype === 'custom_title' ? record.systemPayload?.['customTitle'] : undefined;
      if (typeof custom === 'string' && custom !== '') title = custom;
      if (record.type === 'user' && record.subtype === undefined && record.gantry?.shell === undefined) prompt ??= typedText(record);
      if (record.type === 'assistant') {
        usedTokens = record.usageMetadata?.totalTokenCount ?? usedTokens;
        windowTokens = record.contextWindowSize ?? windowTokens;
        model = ModelRef.safeParse({ providerId: record.gantry?.providerId, modelId: record.model }).data ?? model;
      }
      if (record.subtype === 'chat_compression') usedTokens = compressionTokens(record)?.after ?? usedTokens;
      branchedFrom = readOrigin(record) ?? branchedFrom;
      const grant = record.subtype === GRANT_SUBTYPE ? record.systemPayload?.['grant'] : undefined;
      if (typeof grant === 'string') grants.push(grant);
      isInterrupted = leavesTurnOpen(record) ?? isInterrupted;
    },
    isInterrupted: () => isInterrupted,
    updatedAtMs: () => updatedAtMs,
    result: () => ({
      title: title ?? (prompt === undefined ? undefined : titleFromPrompt(prompt)),
      createdAtMs,
      updatedAtMs,
      model,
      grants,
      ...defined({ branchedFrom }),
      context: { usedTokens, windowTokens },
    }),
  };
}

/** The session that this one is a copy of: Gantry records it once, Qwen Code in every record. */
function readOrigin({ subtype, systemPayload, forkedFrom }: SessionRecord): SessionOrigin | undefined {
  const isOwn = subtype === BRANCH_SUBTYPE;
  const sessionId = SessionId.safeParse(isOwn ? systemPayload?.['parentSessionId'] : forkedFrom?.sessionId).data;
  const title = isOwn ? systemPayload?.['parentTitle'] : undefined;
  return sessionId === undefined ? undefined : { sessionId, ...(typeof title === 'string' && title !== '' ? { title } : {}) };
}

/** Whether a file that ends with this record ends in the middle of a turn; undefined: the record does not matter. */
function leavesTurnOpen(record: SessionRecord): boolean | undefined {
  if (record.gantry?.asksNothing === true) return undefined;
  if (record.type === 'user' || record.type === 'tool_result') return true;
  if (record.type === 'assistant') return record.message?.parts.some((part) => part.functionCall !== undefined) === true;
  return record.subtype === NOTICE_SUBTYPE || record.subtype === TURN_END_SUBTYPE || record.subtype === 'rewind' ? false : undefined;
}
