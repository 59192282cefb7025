/** `gantry doctor`: what was found on this machine and in the settings, without sending anything anywhere. */
import type { ProviderSummary, SettingsView } from '../../preload/contract/index.ts';
import { EngineError, type EnginePorts } from '../engine/index.ts';
import { checkRipgrep, checkTerminal, type MachineCheck } from '../local/machine-checks.ts';
import { GANTRY_VERSION } from '../local/version.ts';
import { EXIT } from './exit-codes.ts';
import { openNodeEngine } from './node-engine.ts';

export interface DoctorReport {
  readonly checks: readonly MachineCheck[];
  readonly settings: SettingsView;
  readonly providers: readonly ProviderSummary[];
}

/** Exit 1 where something does not work. */
export async function doctorCommand(): Promise<number> {
  const { engine, ports, close } = openNodeEngine({ hostKind: 'cli' });
  try {
    const [checks, project] = await Promise.all([checkMachine(ports), engine.projects.open(process.cwd(), { remember: false })]);
    const [settings, { providers }] = await Promise.all([engine.settings.describe(project.id), engine.providers.list(project.id)]);
    const report = { checks, settings, providers };
    process.stdout.write(formatReport(report));
    return isHealthy(report) ? EXIT.success : EXIT.failure;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return EXIT.badConfiguration;
  } finally {
    await close();
  }
}

async function checkMachine(ports: EnginePorts): Promise<readonly MachineCheck[]> {
  const node: MachineCheck = { name: 'Node', state: 'ok', detail: `${process.versions.node} (${process.execPath})` };
  return [node, ...(await Promise.all([checkTerminal(ports.openPtyHost), checkRipgrep(), checkKeyring(ports)]))];
}

async function checkKeyring({ secrets }: EnginePorts): Promise<MachineCheck> {
  const { keyring, keyringDetail, fileAllowed, filePath } = await secrets.describe();
  if (keyring === 'available') return { name: 'Keyring', state: 'ok', detail: 'keeps keys' };
  const instead = fileAllowed
    ? `keys are kept in ${filePath}`
    : 'keys can come from the environment, or from a file: gantry auth set --insecure-file';
  return { name: 'Keyring', state: 'warning', detail: `none (${keyringDetail ?? 'no reason given'}); ${instead}` };
}

function isHealthy({ checks, settings }: DoctorReport): boolean {
  return settings.problems.length === 0 && checks.every((check) => check.state !== 'failed');
}

/** Pure. */
export function formatReport({ checks, settings, providers }: DoctorReport): string {
  const lines = [
    `Gantry ${GANTRY_VERSION}`,
    ...checks.map(({ state, name, detail }) => `  ${state.padEnd(8)} ${name}: ${detail}`),
    '',
    'Settings, later ones over earlier ones',
    ...settings.files.map(({ scope, path, exists, used }) => `  ${scope.padEnd(16)} ${path}  ${describeFile(exists, used)}`),
    ...settings.problems.map(
      ({ path, line, column, message }) => `  problem: ${path}${line === undefined ? '' : `:${line}:${column ?? 1}`} ${message}`,
    ),
    `  approval mode: ${settings.approvalMode}`,
    `  model: ${settings.defaultModel?.modelId ?? 'none'}`,
    '',
    'Providers',
    ...(providers.length === 0 ? ['  none'] : providers.map(describeProvider)),
  ];
  return `${lines.join('\n')}\n`;
}

function describeFile(exists: boolean, used: boolean): string {
  if (!exists) return 'not there';
  return used ? 'used' : 'not used: the folder is not trusted';
}

function describeProvider({ name, baseUrl, envKey, key, endpointTrusted }: ProviderSummary): string {
  const kept =
    key.source === 'missing'
      ? `no key (${envKey ?? 'no variable'})`
      : `key: ${key.source}${key.last4 === undefined ? '' : `, ends in ${key.last4}`}`;
  return `  ${name}  ${baseUrl}  ${kept}${endpointTrusted ? '' : '  address not agreed to: --trust-endpoint'}`;
}
