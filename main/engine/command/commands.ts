/** All slash commands of a folder, and the one that a text refers to. Order: built-in commands, files, skills, MCP prompts. */
import { defined, type CommandSummary } from '../../../preload/contract/index.ts';
import type { McpPrompt } from '../mcp/index.ts';
import type { WorkspaceFs } from '../ports.ts';
import type { Skill } from '../skill/index.ts';
import { BUILTIN_COMMANDS, type BuiltinCommand } from './builtin-commands.ts';
import { type CommandInput, nearNames, parseCommand } from './command-input.ts';
import type { CustomCommand, CustomCommands } from './custom-commands.ts';
import { argumentHint, promptCommands, type PromptCommand } from './prompt-commands.ts';

/** `disabled`: names from the settings. */
export interface CommandScope {
  readonly root: string;
  readonly isTrusted: boolean;
  readonly disabled: readonly string[];
  readonly skills: readonly Skill[];
  /** Prompts of the MCP servers that are ready; `settled` waits for starting servers as long as a turn would. */
  readonly prompts: (when: 'now' | 'settled') => Promise<readonly McpPrompt[]>;
}

/** `none`: an ordinary prompt. `unknown`: shown to the user, and nothing is sent. */
export type ResolvedCommand =
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly message: string }
  | { readonly kind: 'built-in'; readonly command: BuiltinCommand; readonly args: string }
  | { readonly kind: 'custom'; readonly command: CustomCommand; readonly args: string }
  | { readonly kind: 'skill'; readonly skill: Skill; readonly args: string }
  | { readonly kind: 'mcp'; readonly command: PromptCommand; readonly args: string };

export interface Commands {
  list(scope: CommandScope): Promise<readonly CommandSummary[]>;
  /** Reads the files at each call. Never rejects. */
  resolve(text: string, scope: () => Promise<CommandScope>): Promise<ResolvedCommand>;
}

export function createCommands({ custom, fs }: { readonly custom: CustomCommands; readonly fs: WorkspaceFs }): Commands {
  const isAllowed = ({ disabled }: CommandScope, { name }: { name: string }) => !disabled.includes(name);

  async function resolve(input: CommandInput, scope: CommandScope): Promise<ResolvedCommand> {
    const { name, args } = input;
    const builtin = BUILTIN_COMMANDS.find((command) => command.name === name || command.aliases.includes(name));
    if (builtin !== undefined && isAllowed(scope, builtin)) return { kind: 'built-in', command: builtin, args };
    const files = await custom.list(scope);
    const file = files.find((command) => command.name === name && isAllowed(scope, command));
    if (file !== undefined) return { kind: 'custom', command: file, args };
    const skill = scope.skills.find((candidate) => candidate.name === name && candidate.isForUser && isAllowed(scope, candidate));
    if (skill !== undefined) return { kind: 'skill', skill, args };
    const named = (prompts: readonly McpPrompt[]) =>
      promptCommands(prompts).find((candidate) => candidate.name === name && isAllowed(scope, candidate));
    const ready = named(await scope.prompts('now'));
    if (ready !== undefined) return { kind: 'mcp', command: ready, args };
    // "/tmp is full" refers to a folder.
    if ((await fs.stat(`/${name}`).catch(() => undefined)) !== undefined) return { kind: 'none' };
    const prompts = await scope.prompts('settled');
    const late = named(prompts);
    if (late !== undefined) return { kind: 'mcp', command: late, args };
    const known = summaries(files, prompts, scope).flatMap((command) => [command.name, ...command.aliases]);
    const near = nearNames(name, known).map((candidate) => `/${candidate}`);
    const hint = near.length === 0 ? 'Type /help for a list.' : `Did you mean ${near.join(', ')}?`;
    return { kind: 'unknown', message: `Unknown command: /${name}. ${hint}` };
  }

  function summaries(files: readonly CustomCommand[], prompts: readonly McpPrompt[], scope: CommandScope): readonly CommandSummary[] {
    const taken = new Set<string>();
    const all: CommandSummary[] = [
      ...BUILTIN_COMMANDS.map(({ body: _body, ...command }) => command),
      ...files.map(({ name, description, argumentHint, scope }) => summary(name, description, argumentHint, scope)),
      ...scope.skills
        .filter(({ isForUser }) => isForUser)
        .map((skill) => summary(skill.name, skill.description, skill.argumentHint, 'skill')),
      ...promptCommands(prompts).map((command) =>
        summary(command.name, command.prompt.description || `A prompt of ${command.prompt.server}`, argumentHint(command), 'mcp'),
      ),
    ];
    return all.filter((command) => {
      const isNew = !taken.has(command.name) && isAllowed(scope, command);
      taken.add(command.name);
      return isNew;
    });
  }

  return {
    list: async (scope) => summaries(await custom.list(scope), await scope.prompts('now'), scope),
    async resolve(text, scope) {
      const input = parseCommand(text);
      return input === undefined ? { kind: 'none' } : await resolve(input, await scope());
    },
  };
}

function summary(name: string, description: string, argumentHint: string | undefined, source: CommandSummary['source']): CommandSummary {
  return { name, aliases: [], description, runsIn: 'model', source, ...defined({ argumentHint }) };
}
