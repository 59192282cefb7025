import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exportFileName, writeExport } from './session-export.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gantry-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const KEY = `sk-${'a1'.repeat(24)}`;
const call = (id: string) => ({ functionCall: { id, name: 'glob', args: { pattern: `*.${id}` } } });
const result = (id: string) => ({
  type: 'tool_result',
  message: { role: 'user', parts: [{ functionResponse: { id, name: 'glob', response: { output: `found by ${id}` } } }] },
  toolCallResult: { callId: id, status: 'success' },
});
const said = (type: string, ...parts: object[]) => ({ type, message: { role: type === 'user' ? 'user' : 'model', parts } });

/** Two calls, the second answered first. */
const RECORDS = [
  said('user', { text: `go with ${KEY}` }),
  said('assistant', { text: 'I look.' }, call('c1'), call('c2')),
  result('c2'),
  result('c1'),
  said('assistant', { text: 'Done.' }),
];

async function exported(format: 'json' | 'jsonl') {
  const [sourcePath, targetPath] = [join(folder, 'source.jsonl'), join(folder, `target.${format}`)];
  const lines = RECORDS.map((record, at) => {
    const chain = {
      uuid: `r${at}`,
      parentUuid: at === 0 ? null : `r${at - 1}`,
      sessionId: 's',
      timestamp: '2026-05-17T10:00:00.000Z',
      cwd: '/p',
    };
    return `${JSON.stringify({ ...chain, ...record })}\n`;
  });
  writeFileSync(sourcePath, lines.join(''));
  const head = { sessionId: 's', title: `About ${KEY}`, cwd: '/p', createdAtMs: 0, exportedAtMs: 0 };
  const describe = (name: string) => ({ verb: 'call', target: name, toolKind: 'search' }) as const;
  const bytes = await writeExport({ sourcePath, targetPath, format, head, describe });
  const text = readFileSync(targetPath, 'utf8');
  expect(bytes).toBe(Buffer.byteLength(text));
  expect(text).not.toContain(KEY);
  return text;
}

test('rows are in order, in their final state, and without keys', async () => {
  const text = await exported('json');
  const rows: { kind: string; id: string; status?: string }[] = JSON.parse(text).items;
  expect(rows.map(({ kind, id, status }) => [kind, kind === 'tool' ? id : '', status])).toEqual([
    ['user', '', undefined],
    ['assistant', '', undefined],
    ['tool', 'c1', 'success'],
    ['tool', 'c2', 'success'],
    ['assistant', '', undefined],
  ]);
});

test('records keep their structure, without keys', async () => {
  const records = (await exported('jsonl')).trimEnd().split('\n');
  expect(records.map((line) => JSON.parse(line).uuid)).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
  expect(JSON.parse(records[1] ?? '')).toMatchObject(RECORDS[1] ?? {});
});

test('a file name is derived from the title and cut, or falls back to a session name', () => {
  const id = '12345678-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
  expect(exportFileName('Fix: Größe & „Länge“!', id, 'markdown')).toMatch(/^fix-gro.+-12345678\.md$/);
  expect(exportFileName('../../etc/passwd', id, 'json')).toBe('etc-passwd-12345678.json');
  expect(exportFileName('***', id, 'html')).toBe('session-12345678.html');
  expect(exportFileName('word '.repeat(100), id, 'jsonl').length).toBeLessThan(90);
});
