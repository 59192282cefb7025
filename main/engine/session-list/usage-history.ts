/**
 * What sessions have used: Qwen Code's own records of ended sessions, and of the others the telemetry in their files, which both
 * programs write. Reads every file once and keeps nothing. Source: 0.24.4; the names of fields are those of its file.
 */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { openRegular } from '../lib/regular-file.ts';
import type { ModelUse, SessionUse } from './usage-api.ts';

const Count = z.number().catch(0);

const ModelFigures = z.object({
  requests: Count,
  inputTokens: Count,
  outputTokens: Count,
  cachedTokens: Count,
  thoughtsTokens: Count,
  totalTokens: Count,
  totalLatencyMs: Count,
});

const UseRecord = z.object({
  sessionId: z.string(),
  timestamp: z.number(),
  startTime: Count,
  models: z.record(z.string(), ModelFigures).catch({}),
  tools: z.object({ totalCalls: Count, totalSuccess: Count, totalFail: Count }).catch({ totalCalls: 0, totalSuccess: 0, totalFail: 0 }),
  files: z.object({ linesAdded: Count, linesRemoved: Count }).catch({ linesAdded: 0, linesRemoved: 0 }),
});
type UseRecord = z.infer<typeof UseRecord>;

const Telemetry = z.object({
  type: z.literal('system'),
  subtype: z.literal('ui_telemetry'),
  timestamp: z.string(),
  systemPayload: z.object({ uiEvent: z.looseObject({ 'event.name': z.string() }) }),
});

export interface UsagePlaces {
  /** `usage_record.jsonl` of Qwen Code. */
  readonly recordsFile: string;
  /** With a folder for each project. */
  readonly projectsDir: string;
  /** Files that have not changed since then are not read. Unit: ms since 1970. */
  readonly sinceMs: number;
}

/** Telemetry is short; longer lines are not read. Unit: bytes. */
const MAX_LINE_BYTES = 64 * 1024;

/** Never rejects: what cannot be read counts as nothing. */
export async function readUsage({ recordsFile, projectsDir, sinceMs }: UsagePlaces): Promise<readonly SessionUse[]> {
  const found = new Map<string, UseRecord>();
  for await (const line of shortLines(recordsFile, '"sessionId"')) {
    const record = UseRecord.safeParse(line).data;
    if (record !== undefined) found.set(record.sessionId, record);
  }
  const kept = new Set(found.keys());
  for (const file of await sessionFiles(projectsDir, sinceMs)) {
    if (kept.has(file.id)) continue;
    const use = await readTelemetry(file);
    if (use !== undefined) found.set(file.id, use);
  }
  return [...found.values()];
}

interface SessionFile {
  readonly id: string;
  readonly path: string;
}

async function sessionFiles(projectsDir: string, sinceMs: number): Promise<readonly SessionFile[]> {
  const files: SessionFile[] = [];
  for (const project of await readdir(projectsDir).catch(() => [])) {
    const chats = join(projectsDir, project, 'chats');
    for (const name of await readdir(chats).catch(() => [])) {
      if (!/^[0-9a-fA-F-]{32,36}\.jsonl$/.test(name)) continue;
      const path = join(chats, name);
      const facts = await stat(path).catch(() => undefined);
      if (facts?.isFile() === true && facts.mtimeMs >= sinceMs) files.push({ id: name.slice(0, -'.jsonl'.length), path });
    }
  }
  return files;
}

async function readTelemetry({ id, path }: SessionFile): Promise<UseRecord | undefined> {
  let use: UseRecord | undefined;
  for await (const line of shortLines(path, '"ui_telemetry"')) {
    const record = Telemetry.safeParse(line).data;
    const atMs = Date.parse(record?.timestamp ?? '');
    if (record === undefined || Number.isNaN(atMs)) continue;
    use ??= {
      sessionId: id,
      timestamp: atMs,
      startTime: atMs,
      models: {},
      tools: { totalCalls: 0, totalSuccess: 0, totalFail: 0 },
      files: { linesAdded: 0, linesRemoved: 0 },
    };
    use.timestamp = atMs;
    count(use, record.systemPayload.uiEvent);
  }
  return use;
}

function count({ models, tools }: UseRecord, event: Readonly<Record<string, unknown>>): void {
  const figure = (name: string) => (typeof event[name] === 'number' ? event[name] : 0);
  if (event['event.name'] === 'qwen-code.tool_call') {
    tools.totalCalls += 1;
    if (event['success'] === true) tools.totalSuccess += 1;
    else tools.totalFail += 1;
    return;
  }
  const { model } = event;
  if (typeof model !== 'string' || model === '__proto__' || !/^qwen-code\.api_(?:response|error)$/.test(String(event['event.name'])))
    return;
  const before = Object.hasOwn(models, model) ? models[model] : undefined;
  const add = (name: keyof ModelUse, more: number) => (before?.[name] ?? 0) + more;
  models[model] = {
    requests: add('requests', 1),
    inputTokens: add('inputTokens', figure('input_token_count')),
    outputTokens: add('outputTokens', figure('output_token_count')),
    cachedTokens: add('cachedTokens', figure('cached_content_token_count')),
    thoughtsTokens: add('thoughtsTokens', figure('thoughts_token_count')),
    totalTokens: add('totalTokens', figure('total_token_count')),
    totalLatencyMs: add('totalLatencyMs', figure('duration_ms')),
  };
}

/** The parsed lines of a file that contain `mark` and are not long. Ends at the first error of the file. */
async function* shortLines(path: string, mark: string): AsyncGenerator<unknown> {
  const file = await openRegular(path).catch(() => undefined);
  if (file === undefined) return;
  let rest = '';
  let isTooLong = false;
  const parsed = function* (text: string): Generator<unknown> {
    if (isTooLong || !text.includes(mark)) return;
    try {
      yield JSON.parse(text);
    } catch {
      // a torn line counts as nothing
    }
  };
  try {
    for await (const chunk of createReadStream('', { fd: file, encoding: 'utf8', autoClose: false })) {
      const parts = (rest + String(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const text of parts) {
        yield* parsed(text);
        isTooLong = false;
      }
      if (rest.length > MAX_LINE_BYTES) [rest, isTooLong] = ['', true];
    }
    yield* parsed(rest);
  } catch {
    // what was read so far counts
  } finally {
    await file.close();
  }
}
