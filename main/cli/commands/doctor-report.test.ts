import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ProjectId, ProviderId, type ProviderSummary, type SettingsView } from '../../../preload/contract/index.ts';
import { checkProvider, checkSandbox, checkWall } from './doctor-command.ts';
import { type DoctorReport, formatReport, isHealthy } from './doctor-report.ts';

const settings: SettingsView = {
  files: [{ scope: 'user', path: '/h/settings.json', exists: true, used: true }],
  problems: [],
  approvalMode: 'default',
  theme: 'system',
  values: [
    {
      key: 'model.name',
      text: 'mine',
      origin: { source: 'project', path: '/p/settings.json', line: 2, column: 3 },
      shadowed: [
        { source: 'user', path: '/h/settings.json', line: 9, column: 1 },
        { source: 'environment', variable: 'OPENAI_MODEL' },
      ],
    },
  ],
};
const provider = (baseUrl: string): ProviderSummary => ({
  id: ProviderId.parse('p'),
  protocol: 'openai',
  name: 'Example',
  baseUrl,
  models: [],
  scope: 'user',
  key: { source: 'environment', last4: 'cdef', shadowed: 'keyring' },
  endpointTrusted: true,
});
const report = (more: Partial<DoctorReport> = {}): DoctorReport => ({ checks: [], settings, providers: [], ...more });

test('each value is listed with its file and line, followed by the values without effect', () => {
  expect(formatReport(report())).toContain(
    [
      '  model.name = mine  (/p/settings.json:2:3)',
      '      without effect: /h/settings.json:9:1',
      '      without effect: OPENAI_MODEL, environment',
    ].join('\n'),
  );
});

test('a key is reported with its store, its last characters, and the saved key it hides', () => {
  const text = formatReport(report({ providers: [{ provider: provider('https://x.test'), reached: undefined }] }));
  expect(text).toContain('key: environment, ends in cdef, hides the one of: keyring');
});

test('a broken settings file or a failed check is unhealthy, an unreachable provider is not', () => {
  const problem = { path: '/h/settings.json', line: 3, column: 4, message: 'Broken.' };
  const broken = report({ settings: { ...settings, problems: [problem] } });
  expect(isHealthy(broken)).toBe(false);
  expect(formatReport(broken)).toContain('problem: /h/settings.json:3:4 Broken.');
  expect(isHealthy(report({ checks: [{ name: 'Terminal', state: 'failed', detail: '' }] }))).toBe(false);
  expect(isHealthy(report({ providers: [{ provider: provider('https://x.test'), reached: { state: 'warning', detail: 'off' } }] }))).toBe(
    true,
  );
});

test('the report says whether a provider answers; an untrusted address gets no request', async () => {
  const id = ProjectId.parse('p');
  const reached = async (answer: { status: number } | { failure: string } | undefined) =>
    (await checkProvider({ reach: async () => answer }, provider('https://x.test'), id)).reached;
  expect(await reached(undefined)).toBeUndefined();
  expect(await reached({ status: 401 })).toEqual({ state: 'ok', detail: 'answers (HTTP 401 without a key)' });
  expect(await reached({ failure: 'ECONNREFUSED' })).toEqual({ state: 'warning', detail: 'does not answer: ECONNREFUSED' });
});

test('the report says whether a sandbox program exists, and that none is in use', async () => {
  const off = { status: 'off' } as const;
  const folder = mkdtempSync(join(tmpdir(), 'gantry-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  expect((await checkSandbox('linux', folder, off)).detail).toContain('bwrap is not there');
  writeFileSync(join(folder, 'bwrap'), '');
  chmodSync(join(folder, 'bwrap'), 0o755);
  expect(await checkSandbox('linux', folder, off)).toEqual({
    name: 'Sandbox',
    state: 'warning',
    detail: 'none in use, commands run with your rights (bwrap is there; tools.executionSandbox turns it on)',
  });
});

test('a working sandbox is reported with its description, and a required but missing one is a failure', async () => {
  expect(await checkSandbox('linux', '', { status: 'on', backend: 'bwrap', filesystem: 'workspace-write', network: 'closed' })).toEqual({
    name: 'Sandbox',
    state: 'ok',
    detail: 'Commands run in bwrap: writes only in the project and /tmp, no network',
  });
  expect((await checkSandbox('linux', '', { status: 'unavailable', problem: { code: 'unsupported_system' } })).state).toBe('failed');
});

test('one line says how commands without a question are confined, and how to get it where they are not', () => {
  expect(checkWall({ status: 'on', backend: 'bwrap', filesystem: 'read-only', network: 'closed' })).toEqual({
    name: 'Commands without a question',
    state: 'ok',
    detail: 'run in bwrap: nothing can be written, no network, protected files hidden',
  });
  expect(checkWall({ status: 'unavailable', problem: { code: 'not_installed', program: 'bubblewrap' } })).toEqual({
    name: 'Commands without a question',
    state: 'warning',
    detail: 'fewer of them, because bubblewrap is not installed; install bubblewrap to allow more',
  });
});
