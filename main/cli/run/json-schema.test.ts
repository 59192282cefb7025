/** `--json-schema` end to end: the command line's run, the real engine, and a scripted model on loopback. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChatCompletionRequest, type FixtureResponse, LLMock } from '@copilotkit/aimock';
import { expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../../engine/index.ts';
import { createNodePorts } from '../../local/node-ports.ts';
import { createManualClock } from '../../test/support/manual-clock.ts';
import { parseCommandLine } from '../args/args.ts';
import { createStreamJsonWriter } from '../output/stream-json-writer.ts';
import { createTextWriter } from '../output/text-writer.ts';
import { readJsonSchema } from './json-schema.ts';
import { projectOpener } from './open-session.ts';
import { runPrompt } from './run-prompt.ts';

const SCHEMA = { type: 'object', properties: { risk: { enum: ['low', 'high'] } }, required: ['risk'] };
const call = (name: string, args: object): FixtureResponse => ({ toolCalls: [{ name, arguments: JSON.stringify(args) }] });

/** Runs a prompt whose answers are used in sequence; the last one repeats. */
async function run(answers: readonly FixtureResponse[], flags: readonly string[] = []) {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-schema-')));
  const cwd = join(base, 'project');
  mkdirSync(cwd);
  mkdirSync(join(base, '.qwen'));
  const requests: ChatCompletionRequest[] = [];
  const model = new LLMock({ port: 0 });
  model.on({ predicate: () => true }, (request) => {
    requests.push(request);
    return answers[Math.min(requests.length, answers.length) - 1] ?? { content: '' };
  });
  await model.start();
  const entry = { id: 'm', baseUrl: `${model.url}/v1` };
  writeFileSync(join(base, '.qwen', 'settings.json'), JSON.stringify({ modelProviders: { openai: [entry] }, model: { name: 'm' } }));
  const environment = { PATH: process.env['PATH'] ?? '', HOME: base };
  const args = parseCommandLine([...flags, 'hi']);
  if (args.kind !== 'run') throw new Error('not a run');
  const ports = createNodePorts({ environment, hostKind: 'cli', version: '0', trustedEndpoints: [], home: base });
  const engine = createEngine({ ...ports, flags: args.settings });
  onTestFinished(async () => {
    await engine.close();
    await model.stop();
    rmSync(base, { recursive: true, force: true });
  });
  const out: string[] = [];
  const said: string[] = [];
  const write = (text: string) => void out.push(text);
  const exitCode = await runPrompt(
    {
      engine,
      args,
      limits: {},
      openProject: projectOpener({ engine, args, cwd }),
      jsonSchema: SCHEMA,
      prompt: 'hi',
      cwd,
      version: '0',
      clock: createManualClock(),
      writer: args.outputFormat === 'stream-json' ? createStreamJsonWriter(write) : createTextWriter(write),
      say: (line) => void said.push(line),
      unattendedRetry: false,
    },
    new AbortController().signal,
  );
  return { exitCode, out: out.join(''), said, requests };
}

test('the first matching answer is the whole output, and ends the run', async () => {
  const answers = [
    call('structured_output', { risk: 'who knows' }),
    call('structured_output', { risk: 'low' }),
    { content: 'never asked for' },
  ];
  const { exitCode, out, said, requests } = await run(answers);
  expect([exitCode, out, said]).toEqual([0, '{"risk":"low"}\n', []]);
  expect(requests).toHaveLength(2);
  expect(requests[0]?.tools?.map((tool) => tool.function.name)).toContain('structured_output');
  expect(JSON.stringify(requests[1]?.messages)).toContain('does not fit the schema');
});

test('in stream-json the result contains the object and its text', async () => {
  const { exitCode, out } = await run([call('structured_output', { risk: 'high' })], ['-o', 'stream-json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
    type: 'result',
    subtype: 'success',
    result: '{"risk":"high"}',
    structured_result: { risk: 'high' },
  });
});

test('a list of core tools does not remove it, and an answer in plain text does not count', async () => {
  const { exitCode, out, said, requests } = await run([{ content: 'The risk is low.' }], ['--core-tools', 'glob']);
  expect([exitCode, out]).toEqual([1, '']);
  expect(said).toEqual([expect.stringMatching(/did not call structured_output.*The risk is low\./)]);
  expect(requests[0]?.tools?.map((tool) => tool.function.name)).toEqual(['glob', 'structured_output']);
});

test('a schema is JSON or a file, whose content is never quoted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gantry-schema-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'schema.json');
  writeFileSync(path, JSON.stringify(SCHEMA));
  expect(await readJsonSchema(`@${path}`)).toEqual(SCHEMA);
  expect(await readJsonSchema('{"type":"object"}')).toEqual({ type: 'object' });
  writeFileSync(path, 'secret-canary');
  for (const given of [`@${path}`, '@nowhere.json', '[1]', 'x', '@/dev/zero']) {
    const problem = await readJsonSchema(given);
    expect(problem).toEqual(expect.stringContaining('--json-schema'));
    expect(problem).not.toContain('canary');
  }
});
