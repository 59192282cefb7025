/** The built-in slash commands that the engine runs itself, for every host. */
import { randomUUID } from 'node:crypto';
import {
  ApprovalMode,
  type CommandAnswer,
  type CommandOutcome,
  type CompactionResult,
  defined,
  ItemId,
  type ModelRef,
} from '../../../../preload/contract/index.ts';
import { promptCommands, promptHelp } from '../../command/index.ts';
import { EngineError } from '../../errors.ts';
import { toApprovalMode } from '../../lib/written-mode.ts';
import { closeOpenCalls } from '../../transcript/index.ts';
import { describeContext } from '../session-compaction.ts';
import { listAgents } from '../session-agents.ts';
import { listSkills } from '../session-skills.ts';
import type { SessionContext } from '../session-context.ts';
import { describeAnswer } from './describe-answer.ts';
import { commandScope, resolveCommand } from './expand-slash.ts';

/** How a command reads and changes its session. */
export interface SlashCallbacks {
  readonly mode: () => ApprovalMode;
  readonly model: () => ModelRef | { readonly modelId: string } | undefined;
  readonly endedTurns: () => number;
  setMode(mode: ApprovalMode): void;
  setModel(model: ModelRef): void;
  rename(title: string): Promise<void>;
  compact(instructions: string): Promise<CompactionResult>;
}

/** A string is data, not text of the application. */
type Answer = string | CommandAnswer | Extract<CommandOutcome, { kind: 'window' | 'prompt' }>;

/**
 * Runs a command and shows its answer as a quiet row.
 * Errors: `command_unknown`; `bad_params` if its arguments are invalid; those of the command.
 */
export async function runSlash(context: SessionContext, callbacks: SlashCallbacks, text: string): Promise<CommandOutcome> {
  const resolved = await resolveCommand(context, text);
  if (resolved.kind === 'unknown') throw new EngineError('command_unknown', resolved.message);
  if (resolved.kind === 'mcp' && resolved.args === 'help')
    return showAnswer(context, `/${resolved.command.name} help`, promptHelp(resolved.command));
  if (resolved.kind !== 'built-in' || resolved.command.runsIn === 'model') return { kind: 'prompt' };
  const { command, args } = resolved;
  const run = command.runsIn === 'engine' ? RUNNERS[command.name] : undefined;
  const answer = run === undefined ? ({ kind: 'window', name: command.name, args } as const) : await run(context, callbacks, args);
  return typeof answer !== 'string' && 'kind' in answer
    ? answer
    : showAnswer(context, `/${command.name}${args === '' ? '' : ` ${args}`}`, answer);
}

/** The approval mode that the command would select; undefined: none. */
export async function slashMode(context: SessionContext, text: string): Promise<ApprovalMode | undefined> {
  const resolved = await resolveCommand(context, text);
  return resolved.kind === 'built-in' && resolved.command.name === 'approval-mode' ? toApprovalMode(resolved.args) : undefined;
}

function showAnswer({ view, deps }: SessionContext, text: string, answer: string | CommandAnswer): CommandOutcome {
  const isText = typeof answer === 'string';
  const detail = isText ? answer : describeAnswer(answer);
  view.addItem({
    kind: 'notice',
    id: ItemId.parse(randomUUID()),
    createdAtMs: deps.clock.now(),
    level: 'quiet',
    text,
    content: { code: 'command_answer', ...(isText ? {} : { answer }) },
    detail,
  });
  return { kind: 'said', text: detail };
}

/** Limit for the answer of `/mcp`. */
const MAX_RESOURCES = 50;

type Runner = (context: SessionContext, callbacks: SlashCallbacks, args: string) => Promise<Answer>;

const RUNNERS: Readonly<Record<string, Runner>> = {
  async help(context) {
    const all = await context.deps.commands.list(await commandScope(context));
    return all
      .map(({ name, argumentHint, description }) => `- \`/${[name, argumentHint ?? ''].join(' ').trim()}\` ${description}`)
      .join('\n');
  },
  async context(context, callbacks) {
    return { code: 'context', usage: await describeContext(context, callbacks.model()) };
  },
  async compress(_around, callbacks, args) {
    const { compacted, tokensBefore, tokensAfter } = await callbacks.compact(args);
    return compacted ? { code: 'compacted', before: tokensBefore, after: tokensAfter } : { code: 'not_compacted' };
  },
  async model({ identity, deps }, callbacks, args) {
    if (args === '') {
      const current = callbacks.model() ?? (await deps.providers.defaultModel(identity.project).catch(() => undefined));
      return { kind: 'window', name: 'model', args, text: `Model: ${current?.modelId ?? 'none'}. To change it, use /model <id>.` };
    }
    const { ref } = await deps.providers.resolve(identity.project, { modelId: args });
    callbacks.setModel(ref);
    return { code: 'model', modelId: ref.modelId };
  },
  async 'approval-mode'(_around, callbacks, args) {
    if (args === '') return { kind: 'window', name: 'approval-mode', args, text: `Approval mode: ${callbacks.mode()}.` };
    const mode = toApprovalMode(args);
    if (mode === undefined) {
      throw new EngineError('bad_params', `"${args}" is not an approval mode. Use one of: ${ApprovalMode.options.join(', ')}.`);
    }
    callbacks.setMode(mode);
    return { code: 'mode', mode };
  },
  async plan(_around, callbacks, args) {
    callbacks.setMode('plan');
    return args === '' ? { code: 'mode', mode: 'plan' } : { kind: 'prompt' };
  },
  async rename(_around, callbacks, args) {
    if (args === '') return { kind: 'window', name: 'rename', args, text: 'Add the new title: /rename <title>.' };
    await callbacks.rename(args.replace(/\s+/g, ' ').slice(0, 200));
    return { code: 'renamed', title: args };
  },
  async stats({ conversation, view, deps, identity }, callbacks) {
    const messages = conversation.messages();
    const calls = messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : []));
    const byTool = Object.entries(Object.groupBy(calls, (call) => call.name));
    const errors = messages.flatMap((message) => (message.role === 'tool' ? message.results.filter(({ isError }) => isError) : []));
    const { usedTokens, windowTokens } = view.context();
    return {
      code: 'stats',
      turns: callbacks.endedTurns(),
      prompts: messages.filter(({ role }) => role === 'user').length,
      answers: messages.filter(({ role }) => role === 'assistant').length,
      calls: calls.length,
      failedCalls: errors.length,
      callsByTool: byTool.map(([tool, list = []]) => ({ tool, count: list.length })),
      usedTokens,
      windowTokens,
      backgroundTasks: deps.tasks.list(identity.id).filter(({ wasBackground }) => wasBackground).length,
    };
  },
  async tools({ deps: { registry } }) {
    const tools = registry.schemas.map(({ name, description }) => ({ name, description: description.split('\n', 1)[0] ?? '' }));
    return { code: 'tools', tools, deferred: registry.deferred.map(({ name }) => name) };
  },
  async tasks({ deps, identity }) {
    const tasks = deps.tasks.list(identity.id).filter(({ wasBackground }) => wasBackground);
    if (tasks.length === 0) return { code: 'no_tasks' };
    const listed = tasks.map(({ id, status, command, exitCode }) => {
      return { id, status, command: command.split('\n', 1)[0] ?? '', ...defined({ exitCode }) };
    });
    return { code: 'tasks', tasks: listed };
  },
  async skills(context) {
    const skills = await listSkills(context.identity, context.deps);
    if (skills.length === 0) return { code: 'no_skills' };
    return skills.map(({ name, description, scope }) => `- \`${name}\` (${scope}) ${description}`).join('\n');
  },
  async agents({ identity, deps }) {
    const agents = await listAgents(identity, deps);
    return agents.map(({ name, description, scope }) => `- \`${name}\` (${scope}) ${description}`).join('\n');
  },
  async mcp({ deps: { registry, mcp }, identity }, _owner, args) {
    const server = /^auth\s+(\S.*)$/.exec(args)?.[1];
    if (server !== undefined) {
      const { url } = await mcp.signIn(identity.projectId, server);
      return { code: 'sign_in', server, url };
    }
    if (args !== '') throw new EngineError('bad_params', 'Use /mcp for a list, or /mcp auth <server> to sign in to a server.');
    const tools = registry.names.filter((name) => name.startsWith('mcp__'));
    const [prompts, resources] = await Promise.all([mcp.prompts(identity.projectId), mcp.resources(identity.projectId)]);
    if (tools.length + prompts.length + resources.length === 0) return { code: 'no_servers' };
    return {
      code: 'mcp',
      tools,
      prompts: promptCommands(prompts).map(({ name }) => name),
      resources: resources.slice(0, MAX_RESOURCES).map(({ server, uri }) => `${server}:${uri}`),
      more: Math.max(0, resources.length - MAX_RESOURCES),
    };
  },
  async memory({ systemContext }) {
    const { files } = (await systemContext()).memory;
    return files.length === 0 ? { code: 'no_memory' } : files.map(({ label }) => `- ${label}`).join('\n');
  },
  async hooks({ identity }) {
    const { hooks } = await identity.project.extensionSettings();
    const lines = Object.entries(hooks).map(([event, list]) => `- ${event}: ${list.length}`);
    return lines.length === 0 ? { code: 'no_hooks' } : lines.join('\n');
  },
  async auth() {
    return 'Keys and providers are in the settings, under Models. Without a window: "gantry auth set", or the variables OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL.';
  },
  async bug({ deps: { host }, identity }, callbacks, args) {
    const facts = [
      `Gantry ${host.version} (${host.kind}), Node ${process.versions.node}, ${process.platform} ${process.arch}`,
      `Model: ${callbacks.model()?.modelId ?? 'default'}; approval mode: ${callbacks.mode()}`,
      `Session: ${identity.id}`,
    ];
    return ['For a bug report, copy this and add what you did, what you expected and what happened:', '', ...facts, args]
      .join('\n')
      .trimEnd();
  },
  async exit() {
    throw new EngineError('not_supported', '/exit closes nothing here: close the window; a run without a window ends by itself.');
  },
  async btw({ identity, deps, conversation, systemPrompt }, callbacks, args) {
    if (args === '') throw new EngineError('bad_params', 'Add a question: /btw <question>.');
    const { provider, modelId } = await deps.providers.resolve(identity.project, callbacks.model());
    const history = conversation.messages();
    const text = `Answer this side question without calling tools: ${args}`;
    const messages = [...history, ...closeOpenCalls(history), { role: 'user' as const, text }];
    const tools = deps.registry.schemas; // some services refuse a history with calls and no tools
    let answer = '';
    for await (const event of provider.stream({ modelId, system: await systemPrompt(), messages, tools }, AbortSignal.timeout(120_000))) {
      if (event.type === 'text') answer += event.text;
      if (event.type === 'error') throw new EngineError(event.error.code, event.error.message);
    }
    return answer.trim() === '' ? { code: 'empty_answer' } : answer.trim();
  },
};
