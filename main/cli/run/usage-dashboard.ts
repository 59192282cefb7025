/** The answer to `get_usage_info`, with the fields of 0.24.4. Pure. The names are wire names; days are those of the local calendar. */
import type { SessionUse } from '../../engine/index.ts';

const RANGES = ['today', 'week', 'month', 'all'] as const;
export type UsageRange = (typeof RANGES)[number];

export const HEATMAP_DAYS = 183;
const MAX_DAILY_DAYS = 92;
const DAY_MS = 24 * 60 * 60 * 1000;

/** `today` for anything else. */
export function toUsageRange(wanted: unknown): UsageRange {
  return RANGES.find((range) => range === wanted) ?? 'today';
}

type ModelUse = SessionUse['models'][string];

const NO_USE: ModelUse = {
  requests: 0,
  inputTokens: 0,
  outputTokens: 0,
  cachedTokens: 0,
  thoughtsTokens: 0,
  totalTokens: 0,
  totalLatencyMs: 0,
};

export function toUsageDashboard(uses: readonly SessionUse[], range: UsageRange, nowMs: number) {
  const startMs = startOf(range, nowMs);
  const inRange = uses.filter(({ timestamp }) => timestamp >= startMs && timestamp <= nowMs);
  const byModel = new Map<string, ModelUse>();
  for (const { models } of inRange)
    for (const [name, use] of Object.entries(models)) byModel.set(name, plus(byModel.get(name) ?? NO_USE, use));
  const all = [...byModel.values()].reduce(plus, NO_USE);
  const totalTokens = sum([...byModel.values()].map(tokensOf));
  return {
    generatedAt: new Date(nowMs).toISOString(),
    range,
    summary: {
      totalTokens,
      inputTokens: all.inputTokens,
      outputTokens: all.outputTokens,
      cachedTokens: all.cachedTokens,
      thoughtsTokens: all.thoughtsTokens,
      requests: all.requests,
      sessions: inRange.length,
      toolCalls: sum(inRange.map(({ tools }) => tools.totalCalls)),
      linesAdded: sum(inRange.map(({ files }) => files.linesAdded)),
      linesRemoved: sum(inRange.map(({ files }) => files.linesRemoved)),
      cacheReadRate: share(all.cachedTokens, all.inputTokens),
    },
    models: [...byModel]
      .map(([model, use]) => ({
        model,
        totalTokens: tokensOf(use),
        cacheReadRate: share(use.cachedTokens, use.inputTokens),
        share: share(tokensOf(use), totalTokens),
      }))
      .toSorted((a, b) => b.totalTokens - a.totalTokens),
    skills: [],
    daily: daysOf(uses, Math.max(startMs, nowMs - MAX_DAILY_DAYS * DAY_MS), nowMs),
    heatmap: heatmapOf(uses, nowMs - HEATMAP_DAYS * DAY_MS, nowMs),
    heatmapDays: HEATMAP_DAYS,
  };
}

function startOf(range: UsageRange, nowMs: number): number {
  if (range === 'today') return startOfDay(nowMs).getTime();
  return range === 'all' ? 0 : nowMs - (range === 'week' ? 7 : 30) * DAY_MS;
}

function startOfDay(ms: number): Date {
  const day = new Date(ms);
  day.setHours(0, 0, 0, 0);
  return day;
}

function dateOf(ms: number): string {
  const day = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

function daysOf(uses: readonly SessionUse[], fromMs: number, toMs: number) {
  const days: { date: string; tokens: number; sessions: number }[] = [];
  const last = startOfDay(toMs).getTime();
  for (const day = startOfDay(fromMs); day.getTime() <= last; day.setDate(day.getDate() + 1)) {
    const date = dateOf(day.getTime());
    const own = uses.filter(({ timestamp }) => timestamp >= fromMs && timestamp <= toMs && dateOf(timestamp) === date);
    days.push({ date, tokens: sum(own.map(tokensOfSession)), sessions: own.length });
  }
  return days;
}

function heatmapOf(
  uses: readonly SessionUse[],
  fromMs: number,
  toMs: number,
): Readonly<Record<string, { tokens: number; cacheReadRate: number }>> {
  const byDay = Map.groupBy(
    uses.filter(({ timestamp }) => timestamp >= fromMs && timestamp <= toMs),
    ({ timestamp }) => dateOf(timestamp),
  );
  return Object.fromEntries(
    [...byDay].map(([date, own]) => {
      const all = own.flatMap(({ models }) => Object.values(models)).reduce(plus, NO_USE);
      return [date, { tokens: sum(own.map(tokensOfSession)), cacheReadRate: share(all.cachedTokens, all.inputTokens) }];
    }),
  );
}

function tokensOf({ totalTokens, inputTokens, outputTokens, thoughtsTokens }: ModelUse): number {
  return totalTokens || inputTokens + outputTokens + thoughtsTokens;
}

function tokensOfSession({ models }: SessionUse): number {
  return sum(Object.values(models).map(tokensOf));
}

function plus(a: ModelUse, b: ModelUse): ModelUse {
  return {
    requests: a.requests + b.requests,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    thoughtsTokens: a.thoughtsTokens + b.thoughtsTokens,
    totalTokens: a.totalTokens + b.totalTokens,
    totalLatencyMs: a.totalLatencyMs + b.totalLatencyMs,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
