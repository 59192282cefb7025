/** One measurement in a process of its own: `sessions-open.ts idle|open|scroll|append <file> <folder>`; prints one JSON object. */
import { createLongSession } from '../main/engine/session/long-session.ts';
import { createSessionLog } from '../main/engine/session/session-log.ts';

const [mode = 'idle', path = '', cwd = ''] = process.argv.slice(2);
const PAGES = 20;
const PAGE_ROWS = 100;

const log = createSessionLog({ path, sessionId: 'bench', cwd, version: '0', nowMs: () => Date.now(), gitBranch: async () => undefined });
const session = createLongSession(log, cwd, (name) => ({ verb: 'Called', target: name, toolKind: 'other' }));
const result: Record<string, number> = {};
const round = (ms: number) => Math.round(ms * 10) / 10;

if (mode !== 'idle') {
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
