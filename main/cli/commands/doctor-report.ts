/** Formats the report of `gantry doctor`. Pure; neither its input nor its output contains a key. */
import type {
  ProviderSummary,
  SettingsFile,
  SettingsProblem,
  SettingsView,
  SettingValue,
  ValueOrigin,
} from '../../../preload/contract/index.ts';
import type { MachineCheck } from '../../local/machine-checks.ts';
import { GANTRY_VERSION } from '../../local/version.ts';

export interface DoctorReport {
  readonly checks: readonly MachineCheck[];
  readonly settings: SettingsView;
  readonly providers: readonly CheckedProvider[];
}

/** `reached`: the result of the request to its address, if one was made. */
export interface CheckedProvider {
  readonly provider: ProviderSummary;
  readonly reached: Pick<MachineCheck, 'state' | 'detail'> | undefined;
}

/** The problems that stop Gantry from working. A provider that does not answer may be a server that is off. */
export function isHealthy({ checks, settings }: DoctorReport): boolean {
  return settings.problems.length === 0 && checks.every((check) => check.state !== 'failed');
}

export function formatReport({ checks, settings, providers }: DoctorReport): string {
  const lines = [
    `Gantry ${GANTRY_VERSION}`,
    ...checks.map(({ state, name, detail }) => `  ${state.padEnd(8)} ${name}: ${detail}`),
    '',
    'Settings, later ones over earlier ones',
    ...settings.files.map((file) => `  ${file.scope.padEnd(16)} ${file.path}  ${describeFile(file, settings.problems)}`),
    ...settings.problems.map(describeProblem),
    `  approval mode: ${settings.approvalMode}`,
    `  model: ${settings.defaultModel?.modelId ?? 'none'}`,
    '',
    'Values, and who has the last word',
    ...settings.values.flatMap(describeValue),
    '',
    'Providers',
    ...(providers.length === 0 ? ['  none'] : providers.map(describeProvider)),
  ];
  return `${lines.join('\n')}\n`;
}

function describeFile({ exists, used, path }: SettingsFile, problems: readonly SettingsProblem[]): string {
  if (!exists) return 'not there';
  if (used) return 'used';
  return problems.some((problem) => problem.path === path) ? 'not used: it cannot be read' : 'not used: the folder is not trusted';
}

function describeProblem({ path, line, column, message }: SettingsProblem): string {
  return `  problem: ${path}${line === undefined ? '' : `:${line}:${column ?? 1}`} ${message}`;
}

function describeValue({ key, text, origin, shadowed, adds }: SettingValue): readonly string[] {
  const others = adds === true ? 'together with' : 'without effect:';
  return [`  ${key} = ${text}  (${placeOf(origin)})`, ...shadowed.map((other) => `      ${others} ${placeOf(other)}`)];
}

function placeOf({ source, path, line, column, variable }: ValueOrigin): string {
  if (source === 'default') return 'default';
  if (source === 'gantry') return 'chosen in Gantry';
  const place = path === undefined ? 'environment' : `${path}${line === undefined ? '' : `:${line}:${column ?? 1}`}`;
  return variable === undefined ? place : `${variable}, ${place}`;
}

function describeProvider({ provider, reached }: CheckedProvider): string {
  const { name, baseUrl, envKey, key, endpointTrusted } = provider;
  const kept =
    key.source === 'missing'
      ? `no key (${envKey ?? 'no variable'})`
      : `key: ${key.source}${key.last4 === undefined ? '' : `, ends in ${key.last4}`}${key.shadowed === undefined ? '' : `, hides the one of: ${key.shadowed}`}`;
  const answer = reached === undefined ? '' : `  ${reached.state}: ${reached.detail}`;
  return `  ${name}  ${baseUrl}  ${kept}${endpointTrusted ? '' : '  address not allowed yet: --trust-endpoint'}${answer}`;
}
