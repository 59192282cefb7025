/**
 * What an editor does, as steps that are run against each program, and what it receives as lines that can be compared: a path and a
 * value. Pure, besides the running itself.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Editor, Heard } from './acp-editors.ts';
import type { SentRequest } from './recording-model.ts';
import type { World } from './world.ts';

export interface Step {
  readonly name: string;
  readonly answer: unknown;
  readonly heard: readonly Heard[];
}

type ModelStep = { readonly name: string; readonly input: object } | { readonly text: string; readonly thinking?: string };

/** The model does the steps that the prompt itself contains, one for each request. */
const scripted = (...steps: ModelStep[]) => [{ type: 'text', text: `SCRIPT${JSON.stringify({ steps })}END` }];

function answerOf({ body: { messages } }: SentRequest) {
  const last = messages.findLastIndex(({ role }) => role === 'user');
  const { content } = messages[last] ?? {};
  const text = typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('');
  const script = /SCRIPT(\{.*\})END/s.exec(text)?.[1];
  if (script === undefined) return { text: 'Plain answer.' };
  const { steps } = JSON.parse(script) as { steps: ModelStep[] };
  const step = steps[messages.slice(last).filter(({ role }) => role === 'tool').length] ?? { text: 'Done.' };
  return 'name' in step ? { calls: [{ id: `call_${messages.length}`, ...step }] } : step;
}

const QUESTION = {
  question: 'Which?',
  header: 'H',
  multiSelect: false,
  options: [
    { label: 'A', description: 'a' },
    { label: 'B', description: 'b' },
  ],
};

/** Everything an editor can do but `cancel`, in one session. */
export async function runScript(world: World, editor: Editor): Promise<readonly Step[]> {
  writeFileSync(join(world.project, 'a.txt'), 'one\ntwo\n');
  world.model.answer = answerOf;
  const steps: Step[] = [];
  async function attempt(name: string, method: string, params: object): Promise<Record<string, unknown>> {
    const from = editor.heard.length;
    const answer = await editor.request(method, params).catch((error: { code?: number; message?: string; data?: unknown }) => ({
      error: { code: error.code, message: error.message, data: error.data },
    }));
    steps.push({ name, answer, heard: editor.heard.slice(from).filter((each) => !comesLater(each)) });
    return answer;
  }
  const cwd = world.project;
  await attempt('authenticate', 'authenticate', { methodId: 'openai' });
  const { sessionId } = await attempt('new', 'session/new', { cwd, mcpServers: [] });
  const prompt = (name: string, blocks: readonly object[]) => attempt(name, 'session/prompt', { sessionId, prompt: blocks });
  const file = (name: string) => join(world.project, name);
  await prompt('say', scripted({ thinking: 'Hm.', text: 'Hello there.' }));
  await prompt('read', scripted({ name: 'read_file', input: { file_path: file('notes.txt') } }));
  await prompt(
    'edit',
    scripted(
      { name: 'read_file', input: { file_path: file('a.txt') } },
      { name: 'edit', input: { file_path: file('a.txt'), old_string: 'two', new_string: '2' } },
    ),
  );
  await prompt('write', scripted({ name: 'write_file', input: { file_path: file('new.txt'), content: 'x\n' } }));
  const command = (text: string) => ({ name: 'run_shell_command', input: { command: text, description: 'makes', is_background: false } });
  await prompt('command', scripted(command('echo out; touch made')));
  await prompt('failed command', scripted(command('echo out; touch made; exit 3')));
  editor.answer = () => ({ outcome: { outcome: 'selected', optionId: 'proceed_once' }, answers: { '0': 'B' } });
  await prompt('question', scripted({ name: 'ask_user_question', input: { questions: [QUESTION] } }));
  await attempt('set mode', 'session/set_mode', { sessionId, modeId: 'plan' });
  await prompt('plan', scripted({ name: 'exit_plan_mode', input: { plan: '# Plan' } }));
  await attempt('set unknown mode', 'session/set_mode', { sessionId, modeId: 'nonsense' });
  await attempt('set model', 'session/set_model', { sessionId, modelId: 'qwen-scripted(openai)' });
  await attempt('set option', 'session/set_config_option', { sessionId, configId: 'mode', value: 'default' });
  await attempt('set unknown option', 'session/set_config_option', { sessionId, configId: 'nonsense', value: 'default' });
  await prompt('slash command', [{ type: 'text', text: '/stats' }]);
  await prompt('unknown slash command', [{ type: 'text', text: '/nosuch thing' }]);
  await prompt('references', [
    { type: 'text', text: 'see ' },
    { type: 'resource_link', uri: `file://${file('notes.txt')}`, name: 'notes.txt' },
    { type: 'resource', resource: { uri: 'file:///x/y.ts', text: 'EMBEDDED', mimeType: 'text/plain' } },
  ]);
  const sent = JSON.stringify(world.model.requests.at(-1)?.body.messages.at(-1));
  steps.push({ name: 'sent references', answer: { hasFile: /one\\+ntwo/.test(sent), hasEmbedded: sent.includes('EMBEDDED') }, heard: [] });
  await attempt('list', 'session/list', { cwd });
  await attempt('load', 'session/load', { sessionId, cwd, mcpServers: [] });
  await attempt('resume', 'session/resume', { sessionId, cwd, mcpServers: [] });
  await attempt('load unknown', 'session/load', { sessionId: '123e4567-e89b-12d3-a456-426614174000', cwd, mcpServers: [] });
  await attempt('prompt unknown', 'session/prompt', { sessionId: 'nope', prompt: [{ type: 'text', text: 'x' }] });
  steps.push({ name: 'notified', answer: {}, heard: editor.heard.filter(({ method }) => method.startsWith('qwen/')) });
  const commands = editor.heard.find(isCommands);
  steps.push({ name: 'commands', answer: formOf(commands), heard: [] });
  return steps;
}

/** Which commands there are differs; their form does not. */
function formOf(heard: Heard | undefined): object {
  const { availableCommands = [], _meta = {} } = (heard?.params['update'] ?? {}) as {
    availableCommands?: Record<string, unknown>[];
    _meta?: object;
  };
  const known = ['name', 'description', 'input', '_meta'];
  return {
    fields: known.filter((field) => availableCommands.every((command) => field in command)),
    hasStats: availableCommands.some(({ name }) => name === 'stats'),
    hasSkills: 'availableSkills' in _meta,
  };
}

/** It comes at some time after the answer that caused it, perhaps in a later step. */
function comesLater(heard: Heard): boolean {
  return isCommands(heard) || heard.method.startsWith('qwen/');
}

function isCommands({ params }: Heard): boolean {
  return (params['update'] as { sessionUpdate?: string } | undefined)?.sessionUpdate === 'available_commands_update';
}

/** `<step>: <what>.<path> = <value>`, sorted, each once, without what differs from run to run. */
export function linesOf(steps: readonly Step[], world: World): readonly string[] {
  const lines = new Set<string>();
  for (const { name, answer, heard } of steps) {
    collect(answer, `${name}: answer`, lines);
    for (const { method, params } of heard) {
      const update = params['update'] as { sessionUpdate?: string; status?: string } | undefined;
      if (update === undefined) collect(params, `${name}: ${method}`, lines);
      else collect(update, `${name}: ${[update.sessionUpdate, update.status].filter((part) => part !== undefined).join(' ')}`, lines);
    }
  }
  return [...lines].map((line) => withoutPlaces(line, world)).sort();
}

/** Ids, times and process numbers. */
const VARYING = /(?:Id|Uuid|timestamp|durationMs|createdAt|startTime|updatedAt|pid|segmentId|recordId)$/;

function collect(value: unknown, path: string, lines: Set<string>): void {
  if (Array.isArray(value)) {
    if (value.length === 0) lines.add(`${path} = []`);
    for (const element of value) collect(element, `${path}[${elementName(element)}]`, lines);
  } else if (typeof value === 'object' && value !== null) {
    if (Object.keys(value).length === 0) lines.add(`${path} = {}`);
    for (const [key, member] of Object.entries(value)) if (member !== undefined) collect(member, `${path}.${key}`, lines);
  } else lines.add(`${path} = ${VARYING.test(path) && !/(?:[mM]ode|[mM]odel|option)Id$/.test(path) ? '(varies)' : JSON.stringify(value)}`);
}

/** Elements of a list are named by what distinguishes them, so that a missing one is a missing line. */
function elementName(element: unknown): string {
  const { id, optionId, modelId, value, name, type } = (typeof element === 'object' && element !== null ? element : {}) as Record<
    string,
    unknown
  >;
  return String(id ?? optionId ?? modelId ?? value ?? (type === undefined ? (name ?? '') : type));
}

function withoutPlaces(line: string, world: World): string {
  return line.replaceAll(world.project, 'PROJECT').replaceAll(world.home, 'HOME').replaceAll(world.model.url, 'MODEL');
}
