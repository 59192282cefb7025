/** The built-in slash commands that the engine runs itself, for every host. */
import { randomUUID } from 'node:crypto';
import {
  ApprovalMode,
  type CommandOutcome,
  type CompactionResult,
  type ContextUsage,
  isTerminalStatus,
  ItemId,
  type ModelRef,
} from '../../../../preload/contract/index.ts';
import { promptCommands, promptHelp } from '../../command/index.ts';
import { EngineError } from '../../errors.ts';
import { amount } from '../../lib/amount.ts';
import { closeOpenCalls } from '../../transcript/index.ts';
import { describeContext } from '../session-compaction.ts';
import { listAgents } from '../session-agents.ts';
import { listSkills } from '../session-skills.ts';
import type { SessionContext } from '../session-context.ts';
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

type Answer = string | Extract<CommandOutcome, { kind: 'window' | 'prompt' }>;

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
  return typeof answer === 'string' ? showAnswer(context, `/${command.name}${args === '' ? '' : ` ${args}`}`, answer) : answer;
}

function showAnswer({ view, deps }: SessionContext, text: string, detail: string): CommandOutcome {
  view.addItem({
    kind: 'notice',
    id: ItemId.parse(randomUUID()),
    createdAtMs: deps.clock.now(),
    level: 'quiet',
    text,
    content: { code: 'command_answer' },
    detail,
  });
  return { kind: 'said', text: detail };
}

/** Labels in the answer of `/context`. */
const PARTS: Readonly<Record<ContextUsage['parts'][number]['kind'], (count: number) => string>> = {
  system: () => 'System text',
  memory: (count) => `Memory files (${count})`,
  tools: (count) => `Tools (${count})`,
  messages: (count) => `Messages (${count})`,
};

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
    const { meter, freeTokens, compactAtTokens, parts, memoryFiles, leftOut } = await describeContext(context, callbacks.model());
    const tokens = (count: number) => count.toLocaleString('en');
    const share = Math.round((meter.usedTokens / meter.windowTokens) * 100);
    return [
      `- In use: ${tokens(meter.usedTokens)} of ${tokens(meter.windowTokens)} tokens (${share} %)${meter.isEstimate === true ? ', by estimate' : ''}, free: ${tokens(freeTokens)}`,
      ...parts.filter((part) => part.tokens > 0).map((part) => `- ${PARTS[part.kind](part.count)}: ${tokens(part.tokens)}`),
      ...memoryFiles.map((file) => `- \`${file.label}\`: ${tokens(file.tokens)}`),
      ...leftOut.map(({ path, reason }) => `- Not read: \`${path}\`, ${reason}`),
      compactAtTokens === undefined ? '- Automatic summary: off' : `- Automatic summary at ${tokens(compactAtTokens)} tokens`,
    ].join('\n');
  },
  async compress(_around, callbacks, args) {
    const { compacted, tokensBefore, tokensAfter } = await callbacks.compact(args);
    const [before, after] = [tokensBefore, tokensAfter].map((count) => count.toLocaleString('en'));
    return compacted
      ? `Summarized: ${before} → ${after} tokens.`
      : 'Nothing changed: there is too little to summarize, or the message above gives the reason.';
  },
  async model({ identity, deps }, callbacks, args) {
    if (args === '') {
      const current = callbacks.model() ?? (await deps.providers.defaultModel(identity.project).catch(() => undefined));
      return { kind: 'window', name: 'model', args, text: `Model: ${current?.modelId ?? 'none'}. To change it, use /model <id>.` };
    }
    const { ref } = await deps.providers.resolve(identity.project, { modelId: args });
    callbacks.setModel(ref);
    return `Model: ${ref.modelId}`;
  },
  async 'approval-mode'(_around, callbacks, args) {
    if (args === '') return { kind: 'window', name: 'approval-mode', args, text: `Approval mode: ${callbacks.mode()}.` };
    const mode = ApprovalMode.safeParse(args.replace('_', '-')).data;
    if (mode === undefined) {
      throw new EngineError('bad_params', `"${args}" is not an approval mode. Use one of: ${ApprovalMode.options.join(', ')}.`);
    }
    callbacks.setMode(mode);
    return `Approval mode: ${mode}`;
  },
  async plan(_around, callbacks, args) {
    callbacks.setMode('plan');
    return args === '' ? 'Approval mode: plan' : { kind: 'prompt' };
  },
  async rename(_around, callbacks, args) {
    if (args === '') return { kind: 'window', name: 'rename', args, text: 'Add the new title: /rename <title>.' };
    await callbacks.rename(args.replace(/\s+/g, ' ').slice(0, 200));
    return `This session is now called "${args}".`;
  },
  async stats({ conversation, view, deps, identity }, callbacks) {
    const messages = conversation.messages();
    const calls = messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : []));
    const byName = Object.entries(Object.groupBy(calls, (call) => call.name)).map(([name, list = []]) => `${name} ${list.length}`);
    const errors = messages.flatMap((message) => (message.role === 'tool' ? message.results.filter(({ isError }) => isError) : []));
    const { usedTokens, windowTokens } = view.context();
    return [
      `- Turns completed since start: ${callbacks.endedTurns()}`,
      `- Prompts: ${messages.filter(({ role }) => role === 'user').length}, answers: ${messages.filter(({ role }) => role === 'assistant').length}`,
      `- Tool calls: ${calls.length}, failed or denied: ${errors.length}${byName.length === 0 ? '' : ` (${byName.join(', ')})`}`,
      `- Context: ${usedTokens} of ${windowTokens} tokens`,
      `- Background tasks: ${deps.tasks.list(identity.id).filter(({ wasBackground }) => wasBackground).length}`,
    ].join('\n');
  },
  async tools({ deps: { registry } }) {
    const later = registry.deferred.map(({ name }) => name);
    const now = registry.schemas.map(({ name, description }) => `- \`${name}\` ${description.split('\n', 1)[0] ?? ''}`);
    return [...now, ...(later.length === 0 ? [] : [`- Available through search: ${later.map((name) => `\`${name}\``).join(', ')}`])].join(
      '\n',
    );
  },
  async tasks({ deps, identity }) {
    const tasks = deps.tasks.list(identity.id).filter(({ wasBackground }) => wasBackground);
    if (tasks.length === 0) return 'No background tasks.';
    return tasks
      .map(({ id, status, command, exitCode }) => {
        const code = isTerminalStatus(status) && exitCode !== undefined ? `, exit code ${exitCode}` : '';
        return `- \`${id}\` ${status}${code}: ${command.split('\n', 1)[0] ?? ''}`;
      })
      .join('\n');
  },
  async skills(context) {
    const skills = await listSkills(context.identity, context.deps);
    if (skills.length === 0)
      return 'No skills. To add one, create a folder with a SKILL.md in `.qwen/skills`, in this folder or in your home folder.';
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
      return `Sign in to ${server} in a browser on this computer: <${url}>`;
    }
    if (args !== '') throw new EngineError('bad_params', 'Use /mcp for a list, or /mcp auth <server> to sign in to a server.');
    const names = registry.names.filter((name) => name.startsWith('mcp__')).map((name) => `- \`${name}\``);
    const [prompts, resources] = await Promise.all([mcp.prompts(identity.projectId), mcp.resources(identity.projectId)]);
    const shown = resources.slice(0, MAX_RESOURCES).map(({ server, uri }) => `- resource \`@${server}:${uri}\``);
    const more = resources.length > shown.length ? [`- and ${amount(resources.length - shown.length, 'resource')} more`] : [];
    const lines = [...names, ...promptCommands(prompts).map(({ name }) => `- prompt \`/${name}\``), ...shown, ...more];
    return lines.length === 0 ? 'No MCP server provides tools, prompts or resources here.' : lines.join('\n');
  },
  async memory({ systemContext }) {
    const { files } = (await systemContext()).memory;
    return files.length === 0
      ? 'No memory files. To add one, create QWEN.md or AGENTS.md.'
      : files.map(({ label }) => `- ${label}`).join('\n');
  },
  async hooks({ identity }) {
    const { hooks } = await identity.project.extensionSettings();
    const lines = Object.entries(hooks).map(([event, list]) => `- ${event}: ${list.length}`);
    return lines.length === 0 ? 'No hooks are configured.' : lines.join('\n');
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
    return answer.trim() === '' ? 'The model returned an empty answer.' : answer.trim();
  },
};
