/** An app with MCP servers, to be killed: `node mcp-app.fixture.ts <home> <folder>`. Prints `ready` when its servers are. */
import { createEngine } from '../../engine/index.ts';
import { createNodePorts } from '../../local/node-ports.ts';

const [, , home = '', folder = ''] = process.argv;
const environment = { PATH: process.env['PATH'] ?? '', HOME: home };
const engine = createEngine(createNodePorts({ environment, hostKind: 'cli', version: '0', trustedEndpoints: [], home }));
const project = await engine.projects.open(folder, { trust: true });
await engine.mcp.ready(project.id);
process.stdout.write('ready\n');
setInterval(() => undefined, 60_000);
