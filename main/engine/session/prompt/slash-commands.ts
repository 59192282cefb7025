/** The built-in commands that the engine answers by itself, for whatever host asks. */
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
import { agentsOf } from '../session-agents.ts';
import { skillsOf } from '../session-skills.ts';
import type { TurnSurroundings } from '../session-context.ts';
import { commandPlace, resolveCommand } from './expand-slash.ts';

/** What the session itself does for a command. */
export interface SlashOwner {
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
 * Runs a command, and puts what it says into the session as a quiet row.
 * Errors: `command_unknown`; `bad_params` where its arguments are wrong; those of what it does.
 */
export async function runSlash(around: TurnSurroundings, owner: SlashOwner, text: string): Promise<CommandOutcome> {
  const resolved = await resolveCommand(around, text);
  if (resolved.kind === 'unknown') throw new EngineError('command_unknown', resolved.message);
  if (resolved.kind === 'mcp' && resolved.args === 'help')
    return said(around, `/${resolved.command.name} help`, promptHelp(resolved.command));
  if (resolved.kind !== 'built-in' || resolved.command.runsIn === 'model') return { kind: 'prompt' };
  const { command, args } = resolved;
  const run = command.runsIn === 'engine' ? RUNNERS[command.name] : undefined;
  const answer = run === undefined ? ({ kind: 'window', name: command.name, args } as const) : await run(around, owner, args);
  return typeof answer === 'string' ? said(around, `/${command.name}${args === '' ? '' : ` ${args}`}`, answer) : answer;
}

function said({ view, deps }: TurnSurroundings, text: string, detail: string): CommandOutcome {
  view.addItem({ kind: 'notice', id: ItemId.parse(randomUUID()), createdAtMs: deps.clock.now(), level: 'quiet', text, detail });
  return { kind: 'said', text: detail };
}

/** As `/context` names them. */
const PARTS: Readonly<Record<ContextUsage['parts'][number]['kind'], (count: number) => string>> = {
  system: () => 'System text',
  memory: (count) => `Memory files (${count})`,
  tools: (count) => `Tools (${count})`,
  messages: (count) => `Messages (${count})`,
};

/** In the answer of `/mcp`. */
const MAX_RESOURCES = 50;

type Runner = (around: TurnSurroundings, owner: SlashOwner, args: string) => Promise<Answer>;

const RUNNERS: Readonly<Record<string, Runner>> = {
  async help(around) {
    const all = await around.deps.commands.list(await commandPlace(around));
    return all
      .map(({ name, argumentHint, description }) => `- \`/${[name, argumentHint ?? ''].join(' ').trim()}\` ${description}`)
      .join('\n');
  },
  async context(around, owner) {
    const { meter, freeTokens, compactAtTokens, parts, memoryFiles, leftOut } = await describeContext(around, owner.model());
    const tokens = (count: number) => count.toLocaleString('en');
    const share = Math.round((meter.usedTokens / meter.windowTokens) * 100);
    return [
      `- In use: ${tokens(meter.usedTokens)} of ${tokens(meter.windowTokens)} tokens (${share} %)${meter.isEstimate === true ? ', by estimate' : ''}, free: ${tokens(freeTokens)}`,
      ...parts.filter((part) => part.tokens > 0).map((part) => `- ${PARTS[part.kind](part.count)}: ${tokens(part.tokens)}`),
      ...memoryFiles.map((file) => `- \`${file.label}\`: ${tokens(file.tokens)}`),
      ...leftOut.map(({ path, reason }) => `- not read: \`${path}\`, ${reason}`),
      compactAtTokens === undefined ? '- It is never summarized by itself.' : `- Summarized by itself at ${tokens(compactAtTokens)}`,
    ].join('\n');
  },
  async compress(_around, owner, args) {
    const { compacted, tokensBefore, tokensAfter } = await owner.compact(args);
    const [before, after] = [tokensBefore, tokensAfter].map((count) => count.toLocaleString('en'));
    return compacted
      ? `Summarized: ${before} → ${after} tokens.`
      : 'Nothing was changed: there is too little to summarize, or the row above says why.';
  },
  async model({ identity, deps }, owner, args) {
    if (args === '') {
      const current = owner.model() ?? (await deps.providers.defaultModel(identity.project).catch(() => undefined));
      return { kind: 'window', name: 'model', args, text: `Model: ${current?.modelId ?? 'none'}. Choose another with /model <id>.` };
    }
    const { ref } = await deps.providers.resolve(identity.project, { modelId: args });
    owner.setModel(ref);
    return `Model: ${ref.modelId}`;
  },
  async 'approval-mode'(_around, owner, args) {
    if (args === '') return { kind: 'window', name: 'approval-mode', args, text: `Approval mode: ${owner.mode()}.` };
    const mode = ApprovalMode.safeParse(args.replace('_', '-')).data;
    if (mode === undefined) {
      throw new EngineError('bad_params', `"${args}" is no approval mode. There are: ${ApprovalMode.options.join(', ')}.`);
    }
    owner.setMode(mode);
    return `Approval mode: ${mode}`;
  },
  async plan(_around, owner, args) {
    owner.setMode('plan');
    return args === '' ? 'Approval mode: plan' : { kind: 'prompt' };
  },
  async rename(_around, owner, args) {
    if (args === '') return { kind: 'window', name: 'rename', args, text: 'Say the new name: /rename <title>.' };
    await owner.rename(args.replace(/\s+/g, ' ').slice(0, 200));
    return `This session is now called "${args}".`;
  },
  async stats({ conversation, view, deps, identity }, owner) {
    const messages = conversation.messages();
    const calls = messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls : []));
    const byName = Object.entries(Object.groupBy(calls, (call) => call.name)).map(([name, list = []]) => `${name} ${list.length}`);
    const errors = messages.flatMap((message) => (message.role === 'tool' ? message.results.filter(({ isError }) => isError) : []));
    const { usedTokens, windowTokens } = view.context();
    return [
      `- Turns ended in this run: ${owner.endedTurns()}`,
      `- Prompts: ${messages.filter(({ role }) => role === 'user').length}, answers: ${messages.filter(({ role }) => role === 'assistant').length}`,
      `- Tool calls: ${calls.length}, failed or refused: ${errors.length}${byName.length === 0 ? '' : ` (${byName.join(', ')})`}`,
      `- Context: ${usedTokens} of ${windowTokens} tokens`,
      `- Background tasks: ${deps.tasks.list(identity.id).filter(({ wasBackground }) => wasBackground).length}`,
    ].join('\n');
  },
  async tools({ deps: { registry } }) {
    const later = registry.deferred.map(({ name }) => name);
    const now = registry.schemas.map(({ name, description }) => `- \`${name}\` ${description.split('\n', 1)[0] ?? ''}`);
    return [...now, ...(later.length === 0 ? [] : [`- found when needed: ${later.map((name) => `\`${name}\``).join(', ')}`])].join('\n');
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
  async skills(around) {
    const skills = await skillsOf(around.identity, around.deps);
    if (skills.length === 0) return 'No skills. They are folders with a SKILL.md in `.qwen/skills` of this folder or of your home folder.';
    return skills.map(({ name, description, scope }) => `- \`${name}\` (${scope}) ${description}`).join('\n');
  },
  async agents({ identity, deps }) {
    const agents = await agentsOf(identity, deps);
    return agents.map(({ name, description, scope }) => `- \`${name}\` (${scope}) ${description}`).join('\n');
  },
  async mcp({ deps: { registry, mcp }, identity }, _owner, args) {
    const server = /^auth\s+(\S.*)$/.exec(args)?.[1];
    if (server !== undefined) {
      const { url } = await mcp.signIn(identity.projectId, server);
      return `Sign in at ${server} in a browser on this computer: <${url}>`;
    }
    if (args !== '') throw new EngineError('bad_params', 'Type /mcp for a list, or /mcp auth <server> to sign in at one.');
    const names = registry.names.filter((name) => name.startsWith('mcp__')).map((name) => `- \`${name}\``);
    const [prompts, resources] = await Promise.all([mcp.prompts(identity.projectId), mcp.resources(identity.projectId)]);
    const shown = resources.slice(0, MAX_RESOURCES).map(({ server, uri }) => `- resource \`@${server}:${uri}\``);
    const more = resources.length > shown.length ? [`- and ${amount(resources.length - shown.length, 'resource')} more`] : [];
    const lines = [...names, ...promptCommands(prompts).map(({ name }) => `- prompt \`/${name}\``), ...shown, ...more];
    return lines.length === 0 ? 'No MCP server offers tools, prompts or resources here.' : lines.join('\n');
  },
  async memory({ systemContext }) {
    const { files } = (await systemContext()).memory;
    return files.length === 0 ? 'No memory files: QWEN.md and AGENTS.md are read.' : files.map(({ label }) => `- ${label}`).join('\n');
  },
  async hooks({ identity }) {
    const { hooks } = await identity.project.extensionSettings();
    const lines = Object.entries(hooks).map(([event, list]) => `- ${event}: ${list.length}`);
    return lines.length === 0 ? 'No hooks are in force.' : lines.join('\n');
  },
  async btw({ identity, deps, conversation, systemPrompt }, owner, args) {
    if (args === '') throw new EngineError('bad_params', 'Say what to ask: /btw <question>.');
    const { provider, modelId } = await deps.providers.resolve(identity.project, owner.model());
    const history = conversation.messages();
    const text = `Beside the conversation, and without calling tools: ${args}`;
    const messages = [...history, ...closeOpenCalls(history), { role: 'user' as const, text }];
    const tools = deps.registry.schemas; // some services refuse a history with calls and no tools
    let answer = '';
    for await (const event of provider.stream({ modelId, system: await systemPrompt(), messages, tools }, AbortSignal.timeout(120_000))) {
      if (event.type === 'text') answer += event.text;
      if (event.type === 'error') throw new EngineError(event.error.code, event.error.message);
    }
    return answer.trim() === '' ? 'The model said nothing.' : answer.trim();
  },
};
