/**
 * `gantry doctor`: reports on this machine and its settings. It checks whether providers are reachable, without sending
 * a key or a prompt.
 */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { ProjectId, ProviderSummary, SandboxState } from '../../../preload/contract/index.ts';
import {
  describeSandbox,
  describeWall,
  type WallState,
  type Engine,
  type EnginePorts,
  isStorageError,
  reportableError,
} from '../../engine/index.ts';
import { checkRipgrep, checkTerminal, type MachineCheck } from '../../local/machine-checks.ts';
import { EXIT } from '../exit-codes.ts';
import { openNodeEngine } from '../node-engine.ts';
import { type CheckedProvider, formatReport, isHealthy } from './doctor-report.ts';

/** Exits with 1 when something does not work. */
export async function doctorCommand(): Promise<number> {
  const { engine, ports, close } = openNodeEngine({ hostKind: 'cli' });
  try {
    const project = await engine.projects.open(process.cwd(), { remember: false });
    const { sandbox, wall } = await engine.permissions.list(project.id);
    const checks = [...(await checkMachine(ports, sandbox)), checkWall(wall)];
    const [settings, { providers }] = await Promise.all([engine.settings.describe(project.id), engine.providers.list(project.id)]);
    const report = {
      checks,
      settings,
      providers: await Promise.all(providers.map((provider) => checkProvider(engine.providers, provider, project.id))),
    };
    process.stdout.write(formatReport(report));
    return isHealthy(report) ? EXIT.success : EXIT.failure;
  } catch (error) {
    const coded = reportableError(error);
    if (coded === undefined) throw error;
    process.stderr.write(`${coded.message}\n`);
    return isStorageError(coded) ? EXIT.failure : EXIT.badConfiguration;
  } finally {
    await close();
  }
}

async function checkMachine(ports: EnginePorts, sandbox: SandboxState): Promise<readonly MachineCheck[]> {
  const node: MachineCheck = { name: 'Node', state: 'ok', detail: `${process.versions.node} (${process.execPath})` };
  return [
    node,
    ...(await Promise.all([
      checkTerminal(ports.openPtyHost),
      checkRipgrep(),
      checkSandbox(process.platform, process.env['PATH'] ?? '', sandbox),
      checkKeyring(ports),
    ])),
  ];
}

async function checkKeyring({ secrets }: EnginePorts): Promise<MachineCheck> {
  const { keyring, keyringDetail, fileAllowed, filePath } = await secrets.describe();
  if (keyring === 'available') return { name: 'Keyring', state: 'ok', detail: 'keeps keys' };
  const instead = fileAllowed
    ? `keys are kept in ${filePath}`
    : 'keys can come from the environment, or from a file: gantry auth set --insecure-file';
  const what = keyring === 'locked' ? 'locked' : 'none';
  return { name: 'Keyring', state: 'warning', detail: `${what} (${keyringDetail ?? 'no reason given'}); ${instead}` };
}

/** Reports whether commands are sandboxed as the settings require; without a requirement, whether they could be. */
export async function checkSandbox(platform: NodeJS.Platform, path: string, sandbox: SandboxState): Promise<MachineCheck> {
  if (sandbox.status !== 'off')
    return { name: 'Sandbox', state: sandbox.status === 'on' ? 'ok' : 'failed', detail: describeSandbox(sandbox) };
  const program = platform === 'linux' ? 'bwrap' : platform === 'darwin' ? 'sandbox-exec' : undefined;
  const isThere = program !== undefined && (await isOnPath(program, path));
  const found = program === undefined ? 'this system has no program for it' : isThere ? `${program} is there` : `${program} is not there`;
  return {
    name: 'Sandbox',
    state: 'warning',
    detail: `none in use, commands run with your rights (${found}; tools.executionSandbox turns it on)`,
  };
}

export function checkWall(wall: WallState): MachineCheck {
  return { name: 'Commands without a question', state: wall.status === 'on' ? 'ok' : 'warning', detail: describeWall(wall) };
}

async function isOnPath(program: string, path: string): Promise<boolean> {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, program), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/** An untrusted address gets no request. */
export async function checkProvider(
  providers: Pick<Engine['providers'], 'reach'>,
  provider: ProviderSummary,
  projectId: ProjectId,
): Promise<CheckedProvider> {
  const answer = provider.protocol === 'demo' ? undefined : await providers.reach(provider.id, projectId);
  if (answer === undefined) return { provider, reached: undefined };
  if ('failure' in answer) return { provider, reached: { state: 'warning', detail: `does not answer: ${answer.failure}` } };
  return { provider, reached: { state: 'ok', detail: `answers (HTTP ${answer.status} without a key)` } };
}
