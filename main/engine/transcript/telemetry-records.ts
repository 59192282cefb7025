/**
 * The `ui_telemetry` records that Qwen Code replays into its statistics when it resumes a session: requests, failed requests, calls.
 * Pure. `attribution_snapshot` is not written: it counts characters for the commit notes of Qwen Code, which Gantry does not
 * make, and an invented one would replace the counts of Qwen Code.
 * Source: docs/formats.md 2.2; the names of the fields as 0.15.10 writes them.
 */
import { defined, type RunningTurn, type TurnResult } from '../../../preload/contract/index.ts';
import { RecordContent, type RecordDraft } from './session-record.ts';

/** Longer arguments are only in the record of the answer. Unit: UTF-16 code units. */
const MAX_ARGS_CHARS = 2000;

export interface TelemetryOptions {
  readonly promptId: string;
  readonly modelId: string;
  readonly nowMs: () => number;
}

/** Returns the telemetry to write before a record, or after a change of the turn. */
export interface TelemetryRecords {
  before(draft: RecordDraft): readonly RecordDraft[];
  turnChanged(turn: RunningTurn): readonly RecordDraft[];
  ended(result: TurnResult): readonly RecordDraft[];
}

export function createTelemetryRecords({ promptId, modelId, nowMs }: TelemetryOptions): TelemetryRecords {
  const args = new Map<string, Readonly<Record<string, unknown>>>();
  let phase: RunningTurn['phase'] = 'preparing';
  let requestAtMs = nowMs();

  const event = (name: string, fields: Readonly<Record<string, unknown>>): RecordDraft => ({
    type: 'system',
    subtype: 'ui_telemetry',
    systemPayload: {
      uiEvent: { 'event.name': `qwen-code.${name}`, 'event.timestamp': new Date(nowMs()).toISOString(), ...fields, prompt_id: promptId },
    },
  });
  const failed = (message: string, type?: string): RecordDraft =>
    event('api_error', {
      model: modelId,
      duration_ms: nowMs() - requestAtMs,
      error_message: message,
      ...defined({ error_type: type }),
    });

  function answered(draft: RecordDraft): RecordDraft {
    const usage = isRecord(draft['usageMetadata']) ? draft['usageMetadata'] : {};
    return event('api_response', {
      response_id: draft.uuid ?? '',
      model: draft['model'] ?? modelId,
      status_code: 200,
      duration_ms: nowMs() - requestAtMs,
      input_token_count: usage['promptTokenCount'] ?? 0,
      output_token_count: usage['candidatesTokenCount'] ?? 0,
      cached_content_token_count: usage['cachedContentTokenCount'] ?? 0,
      thoughts_token_count: usage['thoughtsTokenCount'] ?? 0,
      total_token_count: usage['totalTokenCount'] ?? 0,
    });
  }

  function called(draft: RecordDraft): RecordDraft | undefined {
    const response = partsOf(draft).find((part) => part.functionResponse !== undefined)?.functionResponse;
    if (response === undefined) return undefined;
    const result = isRecord(draft['toolCallResult']) ? draft['toolCallResult'] : {};
    const startedAtMs = isRecord(draft['gantry']) ? draft['gantry']['startedAtMs'] : undefined;
    const { output, error } = response.response ?? {};
    return event('tool_call', {
      function_name: response.name ?? '',
      function_args: args.get(response.id ?? '') ?? {},
      duration_ms: typeof startedAtMs === 'number' ? Math.max(0, nowMs() - startedAtMs) : 0,
      status: result['status'] ?? 'error',
      success: result['status'] === 'success',
      ...(typeof error === 'string' ? { error: error.slice(0, MAX_ARGS_CHARS) } : {}),
      content_length: String(output ?? error ?? '').length,
      tool_type: response.name?.startsWith('mcp__') === true ? 'mcp' : 'native',
    });
  }

  return {
    before(draft) {
      if (draft.type === 'tool_result') {
        const call = called(draft);
        return call === undefined ? [] : [call];
      }
      if (draft.type !== 'assistant') return [];
      for (const { functionCall: call } of partsOf(draft))
        if (call?.id !== undefined && JSON.stringify(call.args ?? {}).length <= MAX_ARGS_CHARS) args.set(call.id, call.args ?? {});
      const response = answered(draft);
      requestAtMs = nowMs();
      return [response];
    },
    turnChanged(turn) {
      const before = phase;
      phase = turn.phase;
      if (turn.phase === 'retrying' && before !== 'retrying') return [failed(turn.retry?.reason ?? 'The request failed.')];
      if (turn.phase === 'streaming' && before !== 'streaming') requestAtMs = nowMs();
      return [];
    },
    ended: ({ end, error }) => (end === 'failed' && error !== undefined ? [failed(error.message, error.code)] : []),
  };
}

function partsOf(draft: RecordDraft): RecordContent['parts'] {
  return RecordContent.safeParse(draft['message']).data?.parts ?? [];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
