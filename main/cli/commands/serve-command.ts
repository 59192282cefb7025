/** `gantry serve`: the same UI in a browser, until a signal ends it. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { reportableError } from '../../engine/index.ts';
import { IS_SOURCE, RENDERER_ROOT } from '../../local/install-paths.ts';
import { GANTRY_VERSION } from '../../local/version.ts';
import type { ServeArgs } from '../args/args.ts';
import { EXIT } from '../exit-codes.ts';
import { catchSignals } from '../interruption.ts';
import { openNodeEngine } from '../node-engine.ts';
import { confirmInTerminal } from './confirm-in-terminal.ts';
import { stoppingLine } from './stopping-line.ts';
import { defined } from '../../../preload/contract/index.ts';

export async function serveCommand(args: ServeArgs): Promise<number> {
  const { ServerStartError, startServer } = await import('../../server/index.ts');
  const interruption = catchSignals();
  const { engine, ports, close } = openNodeEngine({ hostKind: 'server', trustedEndpoints: args.trustedEndpoints, debug: args.debug });
  const token = args.token ?? (process.env['QWEN_SERVER_TOKEN'] || undefined);
  try {
    const folder = args.folder === undefined ? undefined : resolve(args.folder);
    if (folder !== undefined) await engine.projects.open(folder, { remember: true, ...(args.trust ? { trust: true } : {}) });
    const server = await startServer({
      engine,
      logger: ports.logger,
      clock: ports.clock,
      version: GANTRY_VERSION,
      rendererRoot: RENDERER_ROOT,
      workspace: folder ?? process.cwd(),
      endsWithWindow: process.env['GANTRY_ENDS_WITH_WINDOW'] === '1', // set by `npm start`
      confirm: args.confirmInPage
        ? 'in_page'
        : async (question, signal) => confirmInTerminal({ input: process.stdin, output: process.stderr }, question, signal),
      validate: IS_SOURCE,
      ...defined({ port: args.port, hostname: args.hostname, token }),
    });
    const address = `${server.url}/#token=${encodeURIComponent(server.token)}`;
    process.stdout.write(`Gantry is at ${address}\n`);
    if (args.open) openBrowser(address);
    await ended(interruption.signal);
    process.stderr.write(stoppingLine(engine.tasks.list()));
    await server.close();
    return EXIT.success;
  } catch (error) {
    if (error instanceof ServerStartError)
      return refuse(error.message, error.reason === 'token_needed' || error.reason === 'bad_token' ? EXIT.badInput : EXIT.failure);
    const coded = reportableError(error);
    if (coded !== undefined) return refuse(coded.message, EXIT.failure);
    throw error;
  } finally {
    await close();
  }
}

function refuse(message: string, exitCode: number): number {
  process.stderr.write(`${message}\n`);
  return exitCode;
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

/** A convenience: without a browser the user still has the printed address. */
function openBrowser(address: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => process.stderr.write('No browser could be opened; open the address yourself.\n'));
  child.unref();
}
