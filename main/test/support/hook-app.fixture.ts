/**
 * An app whose hook runs, to be killed: `node hook-app.fixture.ts <home> <folder>`. Prints `ready` when the hook has the
 * prompt.
 */
import { createEngine } from '../../engine/index.ts';
import { createNodePorts } from '../../local/node-ports.ts';

const [, , home = '', folder = ''] = process.argv;
const environment = { PATH: process.env['PATH'] ?? '', HOME: home };
const engine = createEngine(createNodePorts({ environment, hostKind: 'cli', version: '0', trustedEndpoints: [], home }));
const project = await engine.projects.open(folder, { trust: true });
const { summary } = await engine.sessions.create(project.id);
void engine.sessions
  .get(summary.id)
  .prompt('go', 'local')
  .catch(() => undefined);
process.stdout.write('ready\n');
setInterval(() => undefined, 60_000);
