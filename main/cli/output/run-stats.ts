/** Counts of a run for `--output-format json`, from its events. Source: docs/formats.md 3.2, `stats`. */
import type { HostEvent, ItemId, ToolItem, TurnResult } from '../../../preload/contract/index.ts';

interface Decisions {
  readonly accept: number;
  readonly reject: number;
  readonly modify: number;
  readonly auto_accept: number;
}

interface ToolCount {
  readonly count: number;
  readonly success: number;
  readonly fail: number;
  readonly durationMs: number;
  readonly decisions: Decisions;
}

/** Units: tokens, ms. */
export interface RunStats {
  readonly models: Readonly<
    Record<
      string,
      {
        readonly api: { readonly totalRequests: number; readonly totalErrors: number; readonly totalLatencyMs: number };
        readonly tokens: {
          readonly prompt: number;
          readonly candidates: number;
          readonly total: number;
          readonly cached: number;
          readonly thoughts: number;
        };
        readonly bySource: Readonly<Record<string, never>>;
      }
    >
  >;
  readonly tools: {
    readonly totalCalls: number;
    readonly totalSuccess: number;
    readonly totalFail: number;
    readonly totalDurationMs: number;
    readonly totalDecisions: Decisions;
    readonly byName: Readonly<Record<string, ToolCount>>;
  };
  readonly files: { readonly totalLinesAdded: number; readonly totalLinesRemoved: number };
}

/** The counted facts of a tool call. Keeping the call itself would hold its result and its diff in memory for the whole run. */
interface CallFacts {
  readonly name: string;
  readonly status: ToolItem['status'];
  /** Up to the last event about it. */
  readonly durationMs: number;
  readonly added: number;
  readonly removed: number;
}

/** The last state of every tool call, in the order the calls were made. */
export type CallsById = Map<ItemId, CallFacts>;

/** Records an event about a tool call. */
export function noteCall(calls: CallsById, event: HostEvent): void {
  if (event.event !== 'item.added' && event.event !== 'item.changed') return;
  const { item } = event.data;
  if (item.kind !== 'tool') return;
  const { id, name, status, startedAtMs, endedAtMs = startedAtMs, display } = item;
  const { added, removed } = status === 'success' && display.kind === 'diff' ? display : { added: 0, removed: 0 };
  calls.set(id, { name, status, durationMs: endedAtMs - startedAtMs, added, removed });
}

export function summarizeRun(model: string, calls: ReadonlyMap<ItemId, CallFacts>, result: TurnResult): RunStats {
  const all = [...calls.values()];
  const names = [...new Set(all.map((item) => item.name))];
  const total = countCalls(all);
  const { usage } = result;
  return {
    models: {
      [model]: {
        api: { totalRequests: result.modelRequests, totalErrors: result.end === 'failed' ? 1 : 0, totalLatencyMs: result.apiDurationMs },
        tokens: {
          prompt: usage.inputTokens,
          candidates: usage.outputTokens,
          total: usage.inputTokens + usage.outputTokens,
          cached: usage.cachedTokens,
          thoughts: usage.thinkingTokens,
        },
        bySource: {},
      },
    },
    tools: {
      totalCalls: total.count,
      totalSuccess: total.success,
      totalFail: total.fail,
      totalDurationMs: total.durationMs,
      totalDecisions: total.decisions,
      byName: Object.fromEntries(names.map((name) => [name, countCalls(all.filter((item) => item.name === name))])),
    },
    files: {
      totalLinesAdded: all.reduce((sum, { added }) => sum + added, 0),
      totalLinesRemoved: all.reduce((sum, { removed }) => sum + removed, 0),
    },
  };
}

function countCalls(items: readonly CallFacts[]): ToolCount {
  const success = items.filter((item) => item.status === 'success').length;
  const reject = items.filter((item) => item.status === 'denied').length;
  return {
    count: items.length,
    success,
    fail: items.length - success,
    durationMs: items.reduce((sum, item) => sum + item.durationMs, 0),
    decisions: { accept: 0, reject, modify: 0, auto_accept: items.length - reject }, // no user is present to decide
  };
}
