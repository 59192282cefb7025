import { expect, test } from 'vitest';
import { ProjectId } from '../../../preload/contract/index.ts';
import type { ProjectContext, ProjectDirectory } from '../project/index.ts';
import type { SettingsEdit } from '../settings/index.ts';
import { createMcpEdits } from './mcp-edits.ts';

const projectId = ProjectId.parse('p1');

/** `excluded`: the user's list; `byOthers`: what other files exclude. */
function setUp(excluded: unknown, byOthers: readonly string[] = []) {
  const written: SettingsEdit[] = [];
  const mcpSettings = async () => ({ servers: [], allowed: undefined, excluded: byOthers, toolIdleMs: 1 });
  const edits = createMcpEdits({
    projects: { get: () => ({ mcpSettings }) as Partial<ProjectContext> } as Partial<ProjectDirectory> as ProjectDirectory, // the test needs nothing else
    settings: { editUser: async (plan) => void written.push(...plan({ mcp: { excluded } })) },
    screen: { setMcpServer: async () => false },
    changed: async () => undefined,
    check: async () => undefined,
  });
  return { edits, written };
}

test.each<[string, unknown, boolean, readonly unknown[]]>([
  ['off keeps the others', ['x', 'y'], false, ['x', 'y', 'docs']],
  ['off twice is off once', ['docs', 'x'], false, ['x', 'docs']],
  ['on keeps the others', ['x', 'docs', 'y', 'docs'], true, ['x', 'y']],
  ['off replaces an invalid list', 'x', false, ['docs']],
])('switching a server %s', async (_name, excluded, enabled, value) => {
  const { edits, written } = setUp(excluded);
  await edits.setEnabled(projectId, 'docs', enabled);
  expect(written).toEqual([{ path: ['mcp', 'excluded'], value }]);
});

test('enabling a server that another file disables is refused with the reason', async () => {
  await expect(setUp([], ['docs']).edits.setEnabled(projectId, 'docs', true)).rejects.toMatchObject({
    code: 'not_supported',
    message: expect.stringContaining('mcp.excluded'),
  });
});

test('removing a missing server is refused', async () => {
  await expect(setUp([]).edits.remove(projectId, 'user', 'docs')).rejects.toMatchObject({ code: 'mcp_server_unknown' });
});
