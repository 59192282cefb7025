/** `gantry mcp list|add|remove|auth`: the servers in the settings files. They are started only to report their state (`--status`). */
import { isStorageError, type McpServerSetting, reportableError } from '../../engine/index.ts';
import type { McpArgs } from '../args/args.ts';
import { EXIT } from '../exit-codes.ts';
import { formatStatuses } from '../output/mcp-status.ts';
import { openNodeEngine } from '../node-engine.ts';
import { signInAtServer } from './mcp-sign-in.ts';

export async function mcpCommand(args: McpArgs): Promise<number> {
  const { engine, close } = openNodeEngine({ hostKind: 'cli' });
  const print = (text: string) => void process.stdout.write(`${text}\n`);
  try {
    const project = await engine.projects.open(process.cwd(), { remember: false });
    if (args.action === 'list' && args.status) {
      await engine.mcp.ready(project.id);
      const servers = await engine.mcp.list(project.id);
      process.stdout.write(args.json ? `${JSON.stringify(servers)}\n` : formatStatuses(servers));
      return servers.some(({ status }) => status === 'failed') ? EXIT.failure : EXIT.success;
    }
    if (args.action === 'auth') return await signInAtServer(engine, project.id, args, (line) => void process.stderr.write(`${line}\n`));
    if (args.action === 'list') {
      const servers = await engine.settings.listMcpServers(project.id);
      if (args.json) print(JSON.stringify(servers));
      else process.stdout.write(formatServers(servers));
      return EXIT.success;
    }
    const where = args.scope === 'user' ? 'the user settings' : "this folder's settings";
    const wasThere = await engine.settings.setMcpServer(project.id, args.scope, args.name, args.action === 'add' ? args.server : undefined);
    if (args.action === 'add') {
      print(`${wasThere ? 'Replaced' : 'Added'} the server ${args.name} in ${where}.`);
      if (args.scope === 'project' && project.trust !== 'trusted')
        process.stderr.write(
          'This folder is not trusted, so its own servers are not used until it is: by a run with --trust, or in the window.\n',
        );
      return EXIT.success;
    }
    if (wasThere) {
      print(`Removed the server ${args.name} from ${where}.`);
      return EXIT.success;
    }
    const other = args.scope === 'user' ? 'project' : 'user';
    process.stderr.write(
      `There is no server ${args.name} in ${where}. gantry mcp list shows all; --scope ${other} looks in the other file.\n`,
    );
    return EXIT.failure;
  } catch (error) {
    const coded = reportableError(error);
    if (coded === undefined) throw error;
    process.stderr.write(`${coded.message}\n`);
    return isStorageError(coded) ? EXIT.failure : EXIT.badConfiguration;
  } finally {
    await close();
  }
}

/** One server per line: name, transport, scope, location. Pure. */
export function formatServers(servers: readonly McpServerSetting[]): string {
  if (servers.length === 0) return 'No MCP servers are configured. gantry mcp add adds one.\n';
  const width = (pick: (server: McpServerSetting) => string) => Math.max(...servers.map((server) => pick(server).length));
  const [name, transport, scope] = [width((s) => s.name), width((s) => s.transport), width((s) => s.scope)];
  return servers.map((s) => `${s.name.padEnd(name)}  ${s.transport.padEnd(transport)}  ${s.scope.padEnd(scope)}  ${s.target}\n`).join('');
}
