/** `gantry --acp`: the agent of an editor that started this process, until its input ends. */
import { Console } from 'node:console';
import { defined } from '../../../preload/contract/index.ts';
import type { SessionOptions } from '../../engine/index.ts';
import { GANTRY_VERSION } from '../../local/version.ts';
import type { RunArgs } from '../args/args.ts';
import type { ProcessEnd } from '../end-process.ts';
import { EXIT } from '../exit-codes.ts';
import { catchSignals } from '../interruption.ts';
import { openNodeEngine } from '../node-engine.ts';
import { overridesOf, settingsOf } from '../run/flag-overrides.ts';
import { readMcpConfigs } from '../run/mcp-config.ts';

export async function acpCommand(args: RunArgs): Promise<ProcessEnd> {
  // Standard output has the messages and nothing else, whatever a package prints.
  globalThis.console = new Console(process.stderr, process.stderr);
  const servers = await readMcpConfigs(args.mcpConfigs);
  if (typeof servers === 'string') return refuse(servers, EXIT.badConfiguration);
  if (process.stdin.isTTY)
    process.stderr.write('An editor starts this and sends its messages on standard input; docs/editors.md has the settings.\n');
  const interruption = catchSignals();
  const { serveLines } = await import('../../acp/index.ts');
  const { engine, ports, close } = openNodeEngine({
    hostKind: 'cli',
    trustedEndpoints: args.trustedEndpoints,
    debug: args.debug,
    overrides: overridesOf(args),
    flags: settingsOf(args, servers),
  });
  const host = {
    ...{ engine, clock: ports.clock, logger: ports.logger, version: GANTRY_VERSION, workspace: process.cwd() },
    openFolder: (path: string) => engine.projects.open(path, { remember: false, ...(args.trust ? { trust: true } : {}) }),
    sessionOptions: sessionOptions(args),
    watch: () => () => undefined, // the process ends with its only client
  };
  try {
    await Promise.race([serveLines(host, process.stdin, write), aborted(interruption.signal)]);
  } finally {
    await close();
  }
  return interruption.received() ?? EXIT.success;
}

function sessionOptions(
  args: RunArgs,
): Pick<SessionOptions, 'model' | 'mode' | 'systemPrompt' | 'appendSystemPrompt' | 'extraFolders' | 'allowedTools'> {
  return {
    allowedTools: args.allowedTools,
    extraFolders: args.includeDirectories,
    ...(args.model === undefined ? {} : { model: { modelId: args.model } }),
    ...defined({ mode: args.approvalMode, systemPrompt: args.systemPrompt, appendSystemPrompt: args.appendSystemPrompt }),
  };
}

/** Rejects when the editor has exited: then nothing is sent any more. */
function write(text: string): Promise<void> {
  return new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function refuse(message: string, exitCode: number): number {
  process.stderr.write(`${message}\n`);
  return exitCode;
}
