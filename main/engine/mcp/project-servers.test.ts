/** The servers of one folder as real processes: the effect of new settings, and which tools are in every request. */
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import type { McpSettings } from '../project/index.ts';
import { realClock } from '../settings/settings.fixture.ts';
import { createToolRegistry } from '../tool/tool-registry.ts';
import { createProjectServers, type ProjectServers } from './project-servers.ts';

const SCRIPT = fileURLToPath(new URL('./hostile-server.fixture.ts', import.meta.url));
const quiet = () => undefined;
const opened: ProjectServers[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((servers) => servers.close()));
});

function setUp() {
  const layer = createToolRegistry([]);
  const pids = new Set<number>();
  const ended: number[] = [];
  const groups = {
    add: ({ pid }: { pid: number }) => void pids.add(pid),
    remove: (pid: number) => {
      pids.delete(pid);
      ended.push(pid);
    },
    close: quiet,
  };
  const servers = createProjectServers({
    layer,
    isSignedIn: async () => false,
    onChanged: quiet,
    connection: {
      root: tmpdir(),
      version: '0',
      childEnv: async () => ({ PATH: process.env['PATH'] ?? '' }),
      authProvider: async () => undefined,
      groups: () => groups,
      clock: realClock(),
      logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    },
  });
  opened.push(servers);
  const apply = async (hows: Readonly<Record<string, string>>, extra: Partial<McpSettings> = {}, isTrusted = true) => {
    const named = Object.entries(hows).map(([name, how]) => ({
      name,
      scope: 'user' as const,
      value: { command: process.execPath, args: [SCRIPT, how], discoveryTimeoutMs: 60_000, trust: true },
    }));
    servers.apply({ servers: named, allowed: undefined, excluded: [], toolIdleMs: 300_000, ...extra }, isTrusted);
    await servers.settled();
  };
  const isTrusted = async (name: string) => (await servers.summaries()).find((summary) => summary.name === name)?.isTrusted;
  return { servers, layer, apply, pids, ended, isTrusted };
}

test('a server whose settings changed is ended and restarted with the new ones, others keep running', async () => {
  const { layer, apply, pids, ended } = setUp();
  await apply({ changed: 'well', same: 'growing' });
  const [first = 0, second = 0] = pids;
  expect(layer.names).toEqual(expect.arrayContaining(['mcp__changed__echo', 'mcp__same__grow']));
  await apply({ changed: 'growing', same: 'growing' });
  expect(layer.names.toSorted()).toEqual(['mcp__changed__grow', 'mcp__same__grow']);
  await expect.poll(() => ended).toHaveLength(1);
  expect([...pids, ...ended].filter((pid) => pid === first || pid === second)).toHaveLength(2);
  expect(pids.size).toBe(2);
});

test('a server that is removed or excluded is ended, and its tools disappear', async () => {
  const { servers, layer, apply, pids } = setUp();
  await apply({ one: 'growing', two: 'growing' });
  await apply({ one: 'growing' });
  expect(layer.names).toEqual(['mcp__one__grow']);
  await apply({ one: 'growing' }, { excluded: ['one'] });
  expect(layer.names).toEqual([]);
  expect(servers.all()).toEqual([]);
  await expect.poll(() => pids.size).toBe(0);
});

test('a folder that loses its trust restarts its servers without theirs', async () => {
  const { apply, ended, isTrusted } = setUp();
  await apply({ one: 'growing' });
  expect(await isTrusted('one')).toBe(true);
  await apply({ one: 'growing' }, {}, false);
  expect(await isTrusted('one')).toBe(false);
  await expect.poll(() => ended).toHaveLength(1);
});

test('the tools of all servers share one budget in every request', async () => {
  const { layer, apply } = setUp();
  await apply({ one: 'well', two: 'well' });
  expect([layer.schemas.length, layer.deferred.length]).toEqual([7, 7]);
});

test('a server that needs less than its share leaves the rest to another', async () => {
  const { layer, apply } = setUp();
  await apply({ one: 'well' });
  await apply({ two: 'well' });
  expect([layer.names.length, layer.deferred.length]).toEqual([7, 0]);
});
