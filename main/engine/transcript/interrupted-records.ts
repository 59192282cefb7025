/**
 * Records about approvals that were pending when the app ended. Pure. An approval is recorded when it is requested and when
 * it is answered, before the call runs. A call without a recorded answer did not run, so its approval can be requested again.
 * Qwen Code skips subtypes it does not know, and reads the result of a resumed call as a message of the app.
 */
import { defined, ItemId, type ToolItem } from '../../../preload/contract/index.ts';
import type { ModelToolCall, ModelToolResult } from '../provider/provider.ts';
import { callsOf } from './model-history.ts';
import { toolResultDraft } from './record-drafts.ts';
import { toRowTitle } from './row-title.ts';
import type { RecordDraft, SessionRecord } from './session-record.ts';
import { type DescribeCall, NOT_RUN_SUMMARY } from './transcript-fold.ts';

const QUESTION_SUBTYPE = 'gantry_question';
/** Limit for the arguments in the message about a resumed call. Unit: UTF-16 code units. */
const ARGS_CHARS = 500;

/** What the model reads for a call whose approval was never answered. */
export const NOT_RUN_RESULT =
  'Interrupted: the application ended while this call waited for the approval of the user. It was not run. You are notified if the user allows it later.';

/** A call whose approval was requested and that did not run. */
export interface InterruptedCall {
  readonly call: ModelToolCall;
  readonly item: ToolItem;
}

export function questionDraft(callId: string, state: 'asked' | 'answered'): RecordDraft {
  return { type: 'system', subtype: QUESTION_SUBTYPE, systemPayload: { callId, state } };
}

/** The result of a call whose approval was still pending. */
export function notRunDraft(result: ModelToolResult, item: ToolItem): RecordDraft {
  const { gantry, ...draft } = toolResultDraft(result, item, NOT_RUN_SUMMARY);
  return { ...draft, gantry: { ...(gantry as object), notRun: true } }; // as `toolResultDraft` makes it
}

/** The result of a call that was answered after the restart: a message to the model, which also changes the row of the call. */
export function resumedDraft(call: ModelToolCall, result: ModelToolResult, ended: ToolItem): RecordDraft {
  const { gantry, toolCallResult } = toolResultDraft(result, ended, ended.summary ?? '');
  return {
    type: 'user',
    subtype: 'notification',
    message: { role: 'user', parts: [{ text: resumedText(call, result, ended) }] },
    systemPayload: { displayText: toRowTitle(ended) },
    toolCallResult,
    gantry: {
      ...(gantry as object),
      resultOf: call.id,
      ...defined({ error: ended.error }),
      ...(ended.status === 'denied' ? { asksNothing: true } : {}),
    },
  };
}

export function resumedText(call: ModelToolCall, result: ModelToolResult, ended: Pick<ToolItem, 'status'>): string {
  const args = JSON.stringify(call.input);
  const shown = args.length <= ARGS_CHARS ? args : `${args.slice(0, ARGS_CHARS).toWellFormed()}…`;
  const about = `Interrupted call ${call.name} ${shown}:`;
  if (ended.status === 'denied') return `${about} ${result.text}`;
  return `${about} the user allowed it after the restart, and it has now run once. Its result:\n${result.text}`;
}

/** A fold over the records of the chain, oldest first. */
export function createInterruptedFold(describe: DescribeCall) {
  let calls = new Map<string, InterruptedCall>();
  const asked = new Set<string>();

  function answer(record: SessionRecord): void {
    const startedAtMs = Date.parse(record.timestamp) || 0;
    calls = new Map(
      callsOf(record.message?.parts ?? [], record.uuid).map((call) => {
        const item: ToolItem = {
          kind: 'tool',
          id: ItemId.parse(call.id.slice(0, 200)),
          name: call.name,
          ...describe(call.name, call.input),
          status: 'cancelled',
          error: NOT_RUN_SUMMARY,
          problem: 'not_run',
          startedAtMs,
          endedAtMs: startedAtMs,
          display: { kind: 'none' },
        };
        return [call.id, { call, item }];
      }),
    );
    asked.clear();
  }

  return {
    push(record: SessionRecord): void {
      if (record.type === 'assistant') return answer(record);
      const callId = record.type === 'tool_result' ? record.toolCallResult?.callId : record.systemPayload?.['callId'];
      if (record.subtype === QUESTION_SUBTYPE && typeof callId === 'string') {
        if (record.systemPayload?.['state'] === 'asked') asked.add(callId);
        else asked.delete(callId);
      } else if (record.type === 'tool_result' && typeof callId === 'string') {
        if (record.gantry?.['notRun'] !== true) asked.delete(callId);
      } else if (record.type === 'user' || record.subtype === 'rewind' || record.subtype === 'chat_compression') {
        asked.clear(); // the session continued without them
      }
    },
    result: (): readonly InterruptedCall[] => [...asked].flatMap((id) => calls.get(id) ?? []),
  };
}
