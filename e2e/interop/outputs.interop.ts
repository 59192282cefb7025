/** The output has the same fields of the same types, in the same order, apart from the listed differences. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DIFFERENCES, type Difference } from './differences.ts';
import { type Ended, type ProgramName, QWEN_VERSIONS, run } from './programs.ts';
import { leadProtocol, protocolModel } from './protocol-script.ts';
import type { Answer, SentRequest } from './recording-model.ts';
import { shapesOf } from './shapes.ts';
import { valuesOf } from './values.ts';
import { createWorld, type World } from './world.ts';

const PROGRAMS = ['gantry', ...QWEN_VERSIONS] as const;

/** Thinking, text and calls: one that succeeds, one that fails, one without the permission it needs. */
function scriptOf(world: World) {
  return ({ body }: SentRequest): Answer => {
    const text = JSON.stringify(body.messages.at(-1)?.content ?? '');
    if (text.includes('REFUSE')) return { status: 400 };
    if (!text.includes('WORK')) return { thinking: 'That is all.', text: 'All done ✓' };
    return {
      thinking: 'First I look.',
      text: 'I look at them.',
      calls: [
        { id: 'call_ok', name: 'read_file', input: { file_path: join(world.project, 'notes.txt') } },
        { id: 'call_bad', name: 'read_file', input: { file_path: join(world.project, 'missing.txt') } },
        { id: 'call_no', name: 'write_file', input: { file_path: join(world.project, 'new.txt'), content: 'x' } },
      ],
    };
  };
}

interface Ran extends Ended {
  /** Texts of this run, and what stands for them. */
  readonly known: Readonly<Record<string, string>>;
}

async function runAll(args: readonly string[]): Promise<Record<ProgramName, Ran>> {
  const ended: Partial<Record<ProgramName, Ran>> = {};
  for (const program of PROGRAMS) {
    await using world = await createWorld();
    world.model.answer = scriptOf(world);
    const known = { [world.project]: '<project>', [world.home]: '<home>', [world.model.url]: '<model>' };
    ended[program] = { ...(await run(program, world, args)), known };
  }
  return ended as Record<ProgramName, Ran>; // each of them was set
}

interface Printed {
  readonly type: string;
  readonly subtype?: string;
  readonly event?: { readonly type: string };
  readonly message?: { readonly content?: readonly { readonly type: string }[] };
}

function messagesOf(out: string): readonly Printed[] {
  if (out.startsWith('[')) return JSON.parse(out);
  return out
    .trimEnd()
    .split('\n')
    .map((line): Printed => JSON.parse(line));
}

/** One line for each message, without the listed differences. */
function orderOf(out: string): readonly string[] {
  return messagesOf(out)
    .filter(({ event }) => event?.type !== 'goal_state')
    .map(({ type, subtype, event, message }) => [type, subtype, event?.type, message?.content?.[0]?.type].filter(Boolean).join(' '));
}

const FORMATS = [
  { name: 'json', run: 'work', args: ['-o', 'json', '-p', 'WORK'] },
  { name: 'stream-json', run: 'work', args: ['-o', 'stream-json', '-p', 'WORK'] },
  { name: 'partial messages', run: 'work', args: ['-o', 'stream-json', '--include-partial-messages', '-p', 'WORK'] },
  { name: 'json of a refused request', run: 'error', args: ['-o', 'json', '-p', 'REFUSE'] },
  { name: 'stream-json of a refused request', run: 'error', args: ['-o', 'stream-json', '-p', 'REFUSE'] },
] as const;

/** Filled by the tests below, read by the last one. */
const seen = new Set<Difference>();

/** The lines that only one of them has and that no listed difference allows. */
function unlisted(ourMessages: readonly unknown[], theirMessages: readonly unknown[], about: Difference['run'], version: ProgramName) {
  const ours = shapesOf(ourMessages);
  const theirs = shapesOf(theirMessages);
  const allowed = DIFFERENCES.filter(({ releases, run: only = about }) => only === about && releases.some((name) => name === version));
  const isUnlisted = (line: string, side: 'ours' | 'theirs') => {
    const listed = allowed.find((difference) => difference[side]?.test(line));
    if (listed !== undefined) seen.add(listed);
    return listed === undefined;
  };
  return {
    ours: ours.filter((line) => !theirs.includes(line) && isUnlisted(line, 'ours')),
    theirs: theirs.filter((line) => !ours.includes(line) && isUnlisted(line, 'theirs')),
  };
}

/** The fields that both print, with other values than a listed difference allows: `<field>: <ours> / <theirs>`. */
function unlistedValues(ours: Ran, theirs: Ran, about: Difference['run']): readonly string[] {
  const byField = ({ out, known }: Ran) => Map.groupBy(valuesOf(messagesOf(out), known), (line) => line.split(' = ', 1)[0] ?? '');
  const [mine, other] = [byField(ours), byField(theirs)];
  return [...mine].flatMap(([field, lines]) => {
    const values = (list: readonly string[]) => list.map((line) => line.slice(field.length + 3));
    const [left, right] = [values(lines), values(other.get(field) ?? lines)];
    if (left.join('\n') === right.join('\n')) return [];
    const listed = DIFFERENCES.find(({ values: allowed, run: only = about }) => only === about && allowed?.test(field) === true);
    if (listed !== undefined) seen.add(listed);
    return listed === undefined ? [`${field}: ${left.join(', ')} / ${right.join(', ')}`] : [];
  });
}

test.concurrent.each(FORMATS)(
  '$name has the same fields in the same order, and with 0.24.4 the same values',
  async ({ args, run: about }) => {
    const ended = await runAll(args);
    for (const version of QWEN_VERSIONS) {
      expect(unlisted(messagesOf(ended.gantry.out), messagesOf(ended[version].out), about, version)).toEqual({ ours: [], theirs: [] });
      if (version === '0.24.4') expect(unlistedValues(ended.gantry, ended[version], about)).toEqual([]);
      if (about === 'work') {
        expect(orderOf(ended.gantry.out)).toEqual(orderOf(ended[version].out));
        expect([ended.gantry.code, ended[version].code]).toEqual([0, 0]);
      } else expect([ended.gantry.code, ended[version].code]).toEqual([1, version === '0.15.10' ? 0 : 1]);
    }
  },
);

async function leadOne(program: ProgramName) {
  await using world = await createWorld();
  world.model.answer = protocolModel(world);
  const { lines, code } = await leadProtocol(program, world);
  const written = readdirSync(world.project).filter((name) => name.startsWith('written'));
  return { lines, code, written };
}

test.concurrent.each(QWEN_VERSIONS)('one script over stream-json controls Gantry as it controls %s', async (version) => {
  const ours = await leadOne('gantry');
  const theirs = await leadOne(version);
  expect(unlisted(ours.lines, theirs.lines, 'protocol', version)).toEqual({ ours: [], theirs: [] });
  expect(ours.written).toEqual(theirs.written);
  expect(ours.written).toHaveLength(2);
  const comparedLines = ({ lines }: typeof ours) =>
    lines.map(({ type, subtype, request, response, result }) =>
      JSON.stringify({
        type,
        subtype,
        asks: request?.subtype,
        tool: request?.tool_name,
        to: response?.request_id,
        as: response?.subtype,
        result,
      }),
    );
  const untilInterrupt = (lines: readonly string[]) => lines.slice(0, lines.findIndex((line) => line.includes('"r8"')) + 1);
  const comparable = (lines: readonly string[]) => untilInterrupt(lines).filter((line) => !line.includes('stream_event'));
  expect(comparable(comparedLines(ours))).toEqual(comparable(comparedLines(theirs)));
  // 0.15.10 treats an interrupt as the end of the program.
  expect([ours.code, theirs.code]).toEqual([0, version === '0.15.10' ? 130 : 0]);
  expect(ours.lines.at(-1)).toMatchObject({
    type: 'result',
    subtype: 'error_during_execution',
    error: { message: 'Operation cancelled.' },
  });
  if (version === '0.24.4') expect(theirs.lines.at(-1)).toMatchObject({ type: 'result', subtype: 'error_during_execution' });
});

test.concurrent('text and exit codes are the same', async () => {
  const answered = await runAll(['-p', 'WORK']);
  const failed = await runAll(['-p', 'REFUSE']);
  const nothing = await runAll([]);
  const limited = await runAll(['-p', 'WORK', '-o', 'json', '--max-session-turns', '1']);
  for (const program of PROGRAMS) {
    expect(answered[program]).toMatchObject({ code: 0, out: 'All done ✓\n' });
    expect(failed[program]).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/\[API Error: .*400/) });
    expect(nothing[program]).toMatchObject({ code: 1, out: '' });
    expect(limited[program]).toMatchObject({ code: 53, out: '', err: expect.stringContaining('FatalTurnLimitedError') });
  }
});

test('every listed difference occurs, and the page names it', () => {
  const document = readFileSync(join(import.meta.dirname, '../../docs/qwen-code.md'), 'utf8');
  expect(DIFFERENCES.filter(({ title }) => !document.includes(title))).toEqual([]);
  // Only if all the tests above have run.
  console.log(['Left on purpose:', ...[...seen].map(({ title, releases }) => `  ${title} (${releases.join(', ')})`)].join('\n'));
  if (seen.size > 0) expect(DIFFERENCES.filter((difference) => !seen.has(difference))).toEqual([]);
});
