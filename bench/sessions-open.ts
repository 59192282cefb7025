/**
 * One measurement in a separate process: `sessions-open.ts idle|open|scroll|append|search|export <file> <folder>`; prints one
 * JSON object.
 */
import { basename, dirname } from 'node:path';
import { SessionId } from '../preload/contract/index.ts';
import { createSessionReader } from '../main/engine/session-file/session-reader.ts';
import { writeExport } from '../main/engine/session-list/session-export.ts';
import { createSessionLog } from '../main/engine/session-file/session-log.ts';
import { searchSessions } from '../main/engine/session-list/session-search.ts';

const [mode = 'idle', path = '', cwd = ''] = process.argv.slice(2);
const PAGES = 20;
const PAGE_ROWS = 100;

const log = createSessionLog({ path, sessionId: 'bench', cwd, version: '0', nowMs: () => Date.now(), gitBranch: async () => undefined });
const describe = (name: string) => ({ verb: 'call', target: name, toolKind: 'other' }) as const;
const session = createSessionReader(log, cwd, describe);
const result: Record<string, number> = {};
const round = (ms: number) => Math.round(ms * 10) / 10;

if (mode === 'search') {
  const startedAt = performance.now();
  // The file name is its id, so its path is enough to find it.
  const id = SessionId.parse(basename(path, '.jsonl'));
  const one = { id, title: '', createdAtMs: 0, updatedAtMs: 0, cwd, chatsDir: dirname(path) };
  const { hits } = await searchSessions([one], { query: 'needle', limit: 5 }, () => Date.now());
  Object.assign(result, { searchMs: round(performance.now() - startedAt), hits: hits.length });
} else if (mode === 'export') {
  const startedAt = performance.now();
  const head = { sessionId: 'bench', title: 'bench', cwd, createdAtMs: 0, exportedAtMs: 0 };
  const bytes = await writeExport({ sourcePath: path, targetPath: `${path}.md`, format: 'markdown', head, describe });
  Object.assign(result, { exportMs: round(performance.now() - startedAt), megabytes: Math.round((bytes ?? 0) / 1e6) });
} else if (mode !== 'idle') {
  const startedAt = performance.now();
  const loaded = mode === 'append' ? undefined : await session.load();
  if (loaded !== undefined) {
    Object.assign(result, { openMs: round(performance.now() - startedAt), rows: loaded.items.length, messages: loaded.messages.length });
    result['earlierRows'] = loaded.earlierItems;
    let [oldest] = loaded.items;
    const pages: number[] = [];
    for (let page = 0; mode === 'scroll' && page < PAGES && oldest !== undefined; page += 1) {
      const pageAt = performance.now();
      const found = await session.earlier({ beforeItemId: oldest.id, limit: PAGE_ROWS });
      pages.push(performance.now() - pageAt);
      oldest = found?.items[0];
    }
    if (pages.length > 0) Object.assign(result, { pages: pages.length, slowestPageMs: round(Math.max(...pages)) });
  }
  if (mode === 'append') {
    await log.append([{ type: 'system', subtype: 'ui_telemetry' }]);
    result['appendMs'] = round(performance.now() - startedAt);
  }
}
result['peakRssMegabytes'] = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(JSON.stringify(result));
