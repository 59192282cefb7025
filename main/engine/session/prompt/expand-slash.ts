/**
 * Expands a prompt that is a slash command into the text for the model. Its files and shell commands need approval like the model's tool
 * calls, and appear as rows while the session is open; the record contains the expanded text.
 */
import { randomUUID } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { ItemId, type ToolItem } from '../../../../preload/contract/index.ts';
import { type CommandScope, expandCommand, type ExpansionPorts, readArguments, type ResolvedCommand } from '../../command/index.ts';
import { EngineError } from '../../errors.ts';
import { amount } from '../../lib/amount.ts';
import { skillText } from '../../skill/index.ts';
import { createToolRegistry, defineTool, runTool, type ToolOutcome, type ToolRegistry } from '../../tool/index.ts';
import { graceOf } from '../session-mcp.ts';
import { listSkills } from '../session-skills.ts';
import type { SessionContext } from '../session-context.ts';

/** Limit for a file that a command includes. Unit: bytes. */
const MAX_FILE_BYTES = 256 * 1024;
/** An unknown name may be a prompt of an MCP server that is still starting. The command waits at most this long for it. */
const MAX_WAIT_MS = 60_000;

/** The commands that apply to the session's folder now. */
export async function commandScope({ identity, deps }: SessionContext): Promise<CommandScope> {
  const { project, projectId } = identity;
  const [trust, { disabledCommands }, skills] = await Promise.all([
    project.trust(),
    project.extensionSettings(),
    listSkills(identity, deps),
  ]);
  return {
    root: project.root,
    isTrusted: trust === 'trusted',
    disabled: disabledCommands,
    skills,
    async prompts(when) {
      if (when === 'settled') await deps.mcp.settle(project, graceOf(deps), AbortSignal.timeout(MAX_WAIT_MS));
      return await deps.mcp.prompts(projectId);
    },
  };
}

export async function resolveCommand(context: SessionContext, text: string): Promise<ResolvedCommand> {
  const resolved = await context.deps.commands.resolve(text, () => commandScope(context));
  return resolved.kind === 'unknown' && context.identity.options.sendsUnknownCommands === true ? { kind: 'none' } : resolved;
}

/**
 * Returns the text that the model reads instead of the prompt; undefined: the prompt itself.
 * Errors: `command_unknown`, `command_failed`, `cancelled`; nothing is sent in these cases.
 */
export async function expandPrompt(context: SessionContext, text: string, signal: AbortSignal): Promise<string | undefined> {
  const resolved = await resolveCommand(context, text);
  switch (resolved.kind) {
    case 'none':
      return undefined;
    case 'unknown':
      throw new EngineError('command_unknown', resolved.message);
    case 'skill':
      return skillText(resolved.skill, resolved.args);
    case 'mcp':
      return await mcpPrompt(context, resolved, signal);
    case 'custom':
      return await expandCommand(resolved.command, resolved.args, expansionPorts(context, resolved.command.name), signal);
    case 'built-in': {
      const { name, body } = resolved.command;
      if (body === undefined) throw new EngineError('command_failed', `/${name} is not a prompt. Send it on its own.`);
      return await expandCommand({ name, body }, resolved.args, expansionPorts(context, name), signal);
    }
    default:
      return resolved satisfies never;
  }
}

/** The server's text is the prompt. Commands, files and resources in it are not expanded. */
async function mcpPrompt(
  { identity, deps }: SessionContext,
  { command, args }: Extract<ResolvedCommand, { kind: 'mcp' }>,
  signal: AbortSignal,
): Promise<string> {
  const given = readArguments(args, command);
  if (!given.ok)
    throw new EngineError('command_failed', `/${command.name} was not sent: ${given.problem} See /${command.name} help for its arguments.`);
  const { server, name } = command.prompt;
  const text = await deps.mcp.promptText(identity.projectId, { server, name, args: given.values }, signal).catch((error: unknown) => {
    if (signal.aborted) throw new EngineError('cancelled', `/${command.name} was stopped before it was sent.`);
    throw error;
  });
  if (text.trim() === '')
    throw new EngineError('command_failed', `/${command.name} was not sent: the MCP server ${server} returned an empty prompt.`);
  return text;
}

function expansionPorts(context: SessionContext, name: string): ExpansionPorts {
  const { root } = context.tools.context(ItemId.parse(name.slice(0, 200)), () => undefined);
  return {
    async readFile(path, signal) {
      const file_path = isAbsolute(path) ? path : resolve(root, path);
      return toText(name, await runRow(context, createToolRegistry([FILE_TOOL]), { name: 'read_file', input: { file_path } }, signal));
    },
    async runShell(command, signal) {
      const call = { name: 'run_shell_command', input: { command, description: `Run by /${name}` } };
      return toText(name, await runRow(context, context.hooks.tools.registry(context.deps.registry), call, signal));
    },
  };
}

function toText(name: string, { status, text, display, summary }: ToolOutcome): string {
  if (status === 'cancelled') throw new EngineError('cancelled', `/${name} was stopped before it was sent.`);
  const isCommand = display.kind === 'shell' && display.output !== undefined;
  if (status === 'denied' || (status === 'error' && !isCommand)) {
    throw new EngineError('command_failed', `/${name} was not sent: ${text}`);
  }
  if (!isCommand) return text;
  // The output of a failed command is useful too.
  return status === 'error' ? `${display.output?.trimEnd() ?? ''}\n[${summary}]` : (display.output ?? '').trimEnd();
}

/** Runs one call that has a row but is not part of the model's history. */
async function runRow(
  context: SessionContext,
  registry: ToolRegistry,
  { name, input }: { readonly name: string; readonly input: Record<string, unknown> },
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const { view, broker, tools, deps } = context;
  const id = ItemId.parse(randomUUID());
  const toolContext = tools.context(id, (display) => change({ display }));
  const { verb, target, toolKind } = registry.describe(name, input, toolContext);
  let item: ToolItem = {
    kind: 'tool',
    id,
    name,
    toolKind,
    verb,
    target,
    status: 'pending',
    startedAtMs: deps.clock.now(),
    display: { kind: 'none' },
  };
  const change = (patch: Partial<ToolItem>) => {
    item = { ...item, ...patch };
    view.changeItem(item);
  };
  view.addItem(item);
  const outcome = await runTool(
    { id, name, input },
    {
      registry,
      broker,
      context: toolContext,
      readableFolders: tools.readableFolders,
      onWaiting: (approvalId, display) => change({ status: 'awaiting_approval', approvalId, display }),
      onAnswered: () => {
        const { approvalId: _answered, ...rest } = item;
        item = rest;
      },
      onRunning: (display) => change({ status: 'running', display }),
      onChanged: () => undefined, // its result shows what ran
    },
    signal,
  );
  const { status, display, summary } = outcome;
  const shown = display.kind === 'none' ? {} : { display };
  change({ status, ...shown, summary, endedAtMs: deps.clock.now(), ...(status === 'success' ? {} : { error: summary }) });
  return outcome;
}

const FileInput = z.object({ file_path: z.string() });

/** Uses the tool name that approval rules know, but returns the plain text of the file. */
const FILE_TOOL = defineTool<z.infer<typeof FileInput>>({
  name: 'read_file',
  description: '',
  kind: 'read',
  input: FileInput,
  isReadOnly: true,
  describe: ({ file_path }) => ({ verb: 'read', target: file_path }),
  preview: async ({ file_path }) => ({
    ok: true,
    action: { code: 'read', path: file_path },
    display: { kind: 'none' },
    touches: [file_path],
  }),
  async execute({ file_path }, { fs }) {
    const stat = await fs.stat(file_path);
    if (stat?.isDirectory === true) {
      const names = (await fs.list(file_path)).map(({ name, isDirectory }) => (isDirectory ? `${name}/` : name));
      return {
        text: names.toSorted().join('\n'),
        display: { kind: 'none' },
        isError: false,
        summary: amount(names.length, 'entry', 'entries'),
      };
    }
    const text = new TextDecoder().decode(await fs.readBytes(file_path, MAX_FILE_BYTES));
    return { text, display: { kind: 'none' }, isError: false, summary: amount(text.length, 'character') };
  },
});
