/**
 * A prompt that is a command becomes what the model reads. Its files and shell commands are asked for as a tool call of the
 * model would be, and stand as rows in the session while it is open; the record has what came of them.
 */
import { randomUUID } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { ItemId, type ToolItem } from '../../../../preload/contract/index.ts';
import { type CommandPlace, expandCommand, type ExpansionPorts, readArguments, type ResolvedCommand } from '../../command/index.ts';
import { EngineError } from '../../errors.ts';
import { amount } from '../../lib/amount.ts';
import { skillText } from '../../skill/index.ts';
import { createToolRegistry, defineTool, runTool, type ToolOutcome, type ToolRegistry } from '../../tool/index.ts';
import { graceOf } from '../session-mcp.ts';
import { skillsOf } from '../session-skills.ts';
import type { TurnSurroundings } from '../session-context.ts';

/** Of a file that a command brings in. Unit: bytes. */
const MAX_FILE_BYTES = 256 * 1024;
/** A name that nobody knows may be a prompt of a server that is still starting; it is not waited for longer than this. */
const MAX_WAIT_MS = 60_000;

/** The commands of the session's folder, as they are now. */
export async function commandPlace({ identity, deps }: TurnSurroundings): Promise<CommandPlace> {
  const { project, projectId } = identity;
  const [trust, { disabledCommands }, skills] = await Promise.all([project.trust(), project.extensionSettings(), skillsOf(identity, deps)]);
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

export function resolveCommand(around: TurnSurroundings, text: string): Promise<ResolvedCommand> {
  return around.deps.commands.resolve(text, () => commandPlace(around));
}

/**
 * What the model reads in place of the prompt; undefined: the prompt as it is.
 * Errors: `command_unknown`, `command_failed`, `cancelled`; nothing is sent then.
 */
export async function expandPrompt(around: TurnSurroundings, text: string, signal: AbortSignal): Promise<string | undefined> {
  const resolved = await resolveCommand(around, text);
  switch (resolved.kind) {
    case 'none':
      return undefined;
    case 'unknown':
      throw new EngineError('command_unknown', resolved.message);
    case 'skill':
      return skillText(resolved.skill, resolved.args);
    case 'mcp':
      return await promptOf(around, resolved, signal);
    case 'custom':
      return await expandCommand(resolved.command, resolved.args, expansionPorts(around, resolved.command.name), signal);
    case 'built-in': {
      const { name, body } = resolved.command;
      if (body === undefined) throw new EngineError('command_failed', `/${name} is no prompt; it is run by itself.`);
      return await expandCommand({ name, body }, resolved.args, expansionPorts(around, name), signal);
    }
    default:
      return resolved satisfies never;
  }
}

/** What the server's prompt says is the prompt; nothing in it is read as a command, a file or a resource. */
async function promptOf(
  { identity, deps }: TurnSurroundings,
  { command, args }: Extract<ResolvedCommand, { kind: 'mcp' }>,
  signal: AbortSignal,
): Promise<string> {
  const given = readArguments(args, command);
  if (!given.ok)
    throw new EngineError('command_failed', `/${command.name} was not sent: ${given.problem} /${command.name} help says what it takes.`);
  const { server, name } = command.prompt;
  const text = await deps.mcp.promptText(identity.projectId, { server, name, args: given.values }, signal).catch((error: unknown) => {
    if (signal.aborted) throw new EngineError('cancelled', `/${command.name} was stopped before it was sent.`);
    throw error;
  });
  if (text.trim() === '')
    throw new EngineError('command_failed', `/${command.name} was not sent: the MCP server ${server} answered nothing.`);
  return text;
}

function expansionPorts(around: TurnSurroundings, name: string): ExpansionPorts {
  const { root } = around.tools.context(ItemId.parse(name.slice(0, 200)), () => undefined);
  return {
    async readFile(path, signal) {
      const file_path = isAbsolute(path) ? path : resolve(root, path);
      return textOf(name, await runRow(around, createToolRegistry([FILE_TOOL]), { name: 'read_file', input: { file_path } }, signal));
    },
    async runShell(command, signal) {
      const call = { name: 'run_shell_command', input: { command, description: `Run by /${name}` } };
      return textOf(name, await runRow(around, around.hooks.tools.registry(around.deps.registry), call, signal));
    },
  };
}

function textOf(name: string, { status, text, display, summary }: ToolOutcome): string {
  if (status === 'cancelled') throw new EngineError('cancelled', `/${name} was stopped before it was sent.`);
  const isCommand = display.kind === 'shell' && display.output !== undefined;
  if (status === 'denied' || (status === 'error' && !isCommand)) {
    throw new EngineError('command_failed', `/${name} was not sent: ${text}`);
  }
  if (!isCommand) return text;
  // A command that fails has something to say too.
  return status === 'error' ? `${display.output?.trimEnd() ?? ''}\n[${summary}]` : (display.output ?? '').trimEnd();
}

/** One call with its row, without a place in the model's history. */
async function runRow(
  around: TurnSurroundings,
  registry: ToolRegistry,
  { name, input }: { readonly name: string; readonly input: Record<string, unknown> },
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const { view, broker, tools, deps } = around;
  const id = ItemId.parse(randomUUID());
  const context = tools.context(id, (display) => change({ display }));
  const { verb, target, toolKind } = registry.describe(name, input, context);
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
      context,
      readableFolders: tools.readableFolders,
      onWaiting: (approvalId, display) => change({ status: 'awaiting_approval', approvalId, display }),
      onAnswered: () => {
        const { approvalId: _answered, ...rest } = item;
        item = rest;
      },
      onRunning: (display) => change({ status: 'running', display }),
    },
    signal,
  );
  const { status, display, summary } = outcome;
  const shown = display.kind === 'none' ? {} : { display };
  change({ status, ...shown, summary, endedAtMs: deps.clock.now(), ...(status === 'success' ? {} : { error: summary }) });
  return outcome;
}

const FileInput = z.object({ file_path: z.string() });

/** Under the name the rules know, but with the file's bare text. */
const FILE_TOOL = defineTool<z.infer<typeof FileInput>>({
  name: 'read_file',
  description: '',
  kind: 'read',
  input: FileInput,
  isReadOnly: true,
  describe: ({ file_path }) => ({ verb: 'Read', target: file_path }),
  preview: async ({ file_path }) => ({ ok: true, title: `Read ${file_path}`, display: { kind: 'none' }, touches: [file_path] }),
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
