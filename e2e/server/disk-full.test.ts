/** A home folder on a disk of 1 MiB that becomes full, for the command line and the server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, expect, onTestFinished, test } from 'vitest';
import type { HostEvent, SessionId } from '../../preload/contract/index.ts';
import { type Rig, type RigAnswer, startRig } from '../support/model-server.ts';
import { tinyDisk, whyNoDisk } from '../support/tiny-disk.ts';
import { CLI } from '../../main/test/support/built-cli.ts';
import { COMPILE_CACHE } from '../../main/test/support/compile-cache.ts';

const NO_DISK = whyNoDisk();
const FULL = (home: string) =>
  new RegExp(`^There is no space left on the disk that holds ${home}/\\S+\\. Free some space, then try again\\.$`);
/** An answer that no loop detection stops. */
const long = (chars: number) => Array.from({ length: Math.ceil(chars / 8) }, (_, at) => String(at * 7919).padStart(8, ' ')).join('');

/** `context`: the test is skipped with the reason if no disk can be mounted. */
async function setUp(
  context: TestContext,
  answer: (rig: { readonly home: string }, request: Parameters<RigAnswer>[0]) => ReturnType<RigAnswer>,
) {
  if (NO_DISK !== undefined) return context.skip(NO_DISK);
  const disk = { home: '' };
  const rig = await startRig(
    (request) => answer(disk, request),
    (home) => {
      disk.home = home;
      return tinyDisk.mount(home);
    },
  );
  onTestFinished(async () => {
    tinyDisk.free(rig.home);
    await rig.close();
  });
  return rig;
}

async function run({ home, projectDir }: Rig, ...args: readonly string[]) {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, GANTRY_HOME: join(home, '.gantry'), SHELL: '/bin/sh', ...COMPILE_CACHE };
  const child = spawn(process.execPath, [CLI, ...args], { cwd: projectDir, env });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (text.out += String(chunk)));
  child.stderr.on('data', (chunk) => (text.err += String(chunk)));
  child.stdin.end();
  const [code] = await once(child, 'close');
  return { code, ...text };
}

/** All session files: each line is a record. */
function lines(home: string): Record<string, unknown>[] {
  const projects = join(home, '.qwen', 'projects');
  const files = readdirSync(projects, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
  return files.flatMap((name) =>
    readFileSync(join(projects, name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
}

test('a disk that is full at the start: exit 1, one line, and the result message of a failed run', {
  timeout: 180_000,
}, async (context) => {
  const rig = await setUp(context, () => ({ content: 'Hello.' }));
  tinyDisk.fill(rig.home);
  const text = await run(rig, '-p', 'hi');
  expect(text).toMatchObject({ code: 1, out: '' });
  expect(text.err.trimEnd()).toMatch(FULL(rig.home));
  const stream = await run(rig, '-p', 'hi', '--output-format', 'stream-json');
  expect(stream.code).toBe(1);
  const last = JSON.parse(stream.out.trimEnd().split('\n').at(-1) ?? '');
  expect(last).toMatchObject({ type: 'result', subtype: 'error_during_execution', is_error: true });
  expect(last.error.message).toMatch(FULL(rig.home));
  const trusted = await run(rig, 'mcp', 'add', 'one', 'true');
  expect(trusted).toMatchObject({ code: 1, out: '' });
  expect(trusted.err.trimEnd()).toMatch(FULL(rig.home));
});

test('a disk that becomes full during an answer or a command: exit 1, one line, and no partial record', {
  timeout: 180_000,
}, async (context) => {
  const rig = await setUp(context, ({ home }, { messages }) => {
    if (JSON.stringify(messages).includes('answer')) tinyDisk.fill(home);
    if (JSON.stringify(messages).includes('answer')) return { content: long(9000) };
    const command = `cat /dev/zero > ${home}/ballast; seq 60000`;
    return { toolCalls: [{ name: 'run_shell_command', arguments: JSON.stringify({ command }) }] };
  });
  for (const prompt of ['answer', 'command']) {
    const ended = await run(rig, '-p', prompt, '--yolo', '--output-format', 'json');
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.err).error.message).toMatch(FULL(rig.home));
    expect(JSON.parse(ended.out).at(-1)).toMatchObject({ type: 'result', is_error: true });
    expect(lines(rig.home).length).toBeGreaterThan(0);
    tinyDisk.free(rig.home);
  }
});

test('a home that is read-only, or a file: the problem and the remedy', { timeout: 180_000 }, async (context) => {
  const rig = await setUp(context, () => ({ content: 'Hello.' }));
  rmSync(join(rig.home, '.qwen', 'projects'), { recursive: true, force: true });
  tinyDisk.setReadOnly(rig.home, true);
  const readOnly = await run(rig, '-p', 'hi');
  tinyDisk.setReadOnly(rig.home, false);
  expect(readOnly).toMatchObject({ code: 1, out: '' });
  expect(readOnly.err).toMatch(/^Cannot write \S+\.jsonl: the disk is read-only\. Make the disk writable, then try again\.\n$/);

  const gantry = join(rig.home, '.gantry');
  rmSync(`${gantry}.aside`, { recursive: true, force: true });
  renameSync(gantry, `${gantry}.aside`);
  writeFileSync(gantry, 'a file');
  const trusting = await run(rig, '-p', 'hi', '--trust');
  rmSync(gantry);
  renameSync(`${gantry}.aside`, gantry);
  expect(trusting).toMatchObject({ code: 1, out: '' });
  const needed = `${gantry} is a file, but a folder is needed there. Rename or remove that file, then try again.`;
  expect(trusting.err).toBe(`Cannot write ${join(gantry, 'trust.json')}: ${needed}\n`);
});

test('the server ends the turn once, refuses what cannot be written, and continues once there is space', {
  timeout: 180_000,
}, async (context) => {
  let fillsUp = true;
  const rig = await setUp(context, ({ home }) => {
    if (fillsUp) tinyDisk.fill(home);
    return { content: long(9000) };
  });
  const { client, home, projectId } = rig;
  const events: HostEvent[] = [];
  client.onEvent((event) => events.push(event));
  const ends = () => events.flatMap((event) => (event.event === 'turn.ended' ? [event.data.result] : []));
  const sessionId: SessionId = await rig.newSession();

  await client.request('session.prompt', { sessionId, text: 'first', localId: 'l1' });
  await expect.poll(ends).toMatchObject([{ end: 'failed', error: { code: 'disk_full', message: expect.stringMatching(FULL(home)) } }]);
  const { snapshot } = await client.request('session.attach', { projectId, sessionId });
  expect(snapshot.items.filter((item) => item.kind === 'notice')).toMatchObject([{ code: 'disk_full', action: 'retry' }]);

  const message = expect.stringMatching(FULL(home));
  const second = `second ${long(9000)}`; // more than the rest of the file's last page
  await expect(client.request('session.prompt', { sessionId, text: second, localId: 'l2' })).rejects.toMatchObject({
    code: 'disk_full',
    message,
  });
  await expect(client.request('project.trust', { projectId, trusted: false })).rejects.toMatchObject({ code: 'disk_full', message });
  expect(ends()).toHaveLength(1);

  fillsUp = false;
  tinyDisk.free(home);
  await client.request('session.retryNow', { sessionId });
  await expect.poll(() => ends().map(({ end }) => end)).toEqual(['failed', 'completed']);
  await client.request('session.prompt', { sessionId, text: second, localId: 'l3' });
  await expect.poll(() => ends().map(({ end }) => end)).toEqual(['failed', 'completed', 'completed']);
  const prompts = lines(home).flatMap((record) => (record['type'] === 'user' ? [JSON.stringify(record['message'])] : []));
  expect(prompts.map((prompt) => /first|second/.exec(prompt)?.[0])).toEqual(['first', 'second']);
});
