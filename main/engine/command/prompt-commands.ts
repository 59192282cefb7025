/**
 * Prompts of MCP servers as slash commands, and their arguments. Pure. A server's text about its prompts is shown
 * and passed on, but decides nothing.
 * Arguments: `--name=value`, `--name="two words"`. Words without a name fill the remaining required arguments in
 * order; if only one is left, it takes all words, without quotes. Source: docs/formats.md 7.6, and Qwen Code's own prompts.
 */
import type { CommandAnswer } from '../../../preload/contract/index.ts';
import type { McpPrompt } from '../mcp/index.ts';

/** `name`: without the slash. */
export interface PromptCommand {
  readonly name: string;
  readonly prompt: McpPrompt;
}

export type PromptArguments =
  | { readonly ok: true; readonly values: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problem: string };

/** Under its own name, or as `server_name` if an earlier server already uses that name. */
export function promptCommands(prompts: readonly McpPrompt[]): readonly PromptCommand[] {
  const taken = new Set<string>();
  return prompts.flatMap((prompt) => {
    const name = [prompt.name, `${prompt.server}_${prompt.name}`].map(typable).find((candidate) => !taken.has(candidate));
    if (name === undefined) return [];
    taken.add(name);
    return [{ name, prompt }];
  });
}

/** The characters that can be typed in a command: letters, digits and `_:.-`, starting with a letter or a digit. */
function typable(name: string): string {
  return name.replace(/[^\p{L}\p{N}_:.-]/gu, '_').replace(/^(?=[:.-])/, '_');
}

export function readArguments(typed: string, { prompt: { arguments: declared } }: PromptCommand): PromptArguments {
  const named = new Map<string, string>();
  const rest = typed.replace(/(?<!\S)--([^\s=]+)=(?:"((?:\\.|[^"\\])*)"|(\S+))/g, (_all, name: string, quoted?: string, bare?: string) => {
    named.set(name, quoted === undefined ? (bare ?? '') : unescaped(quoted));
    return ' ';
  });
  const unknown = [...named.keys()].filter((name) => !declared.some((argument) => argument.name === name));
  if (unknown.length > 0) return { ok: false, problem: `Unknown argument: ${unknown.join(', ')}.` };
  const values: Record<string, string> = Object.fromEntries(named);
  const open = declared.filter(({ name, isRequired }) => isRequired && !named.has(name));
  const words = [...rest.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(([, quoted, bare = '']) =>
    quoted === undefined ? bare : unescaped(quoted),
  );
  const [only] = open;
  if (open.length === 1 && only !== undefined && words.length > 0) return { ok: true, values: { ...values, [only.name]: words.join(' ') } };
  for (const [at, { name }] of open.entries()) if (words[at] !== undefined) values[name] = words[at];
  const missing = open.slice(words.length).map(({ name }) => name);
  if (missing.length > 0) return { ok: false, problem: `Missing: ${missing.map((name) => `--${name}="..."`).join(' ')}.` };
  const extra = words.slice(open.length);
  return extra.length === 0
    ? { ok: true, values }
    : { ok: false, problem: `"${extra.join(' ')}" matches no required argument. Name the argument: --name="...".` };
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}

/** For the list of commands; absent if the prompt takes no arguments. */
export function argumentHint({ prompt: { arguments: declared } }: PromptCommand): string | undefined {
  if (declared.length === 0) return undefined;
  return declared.map(({ name, isRequired }) => (isRequired ? `<${name}>` : `[--${name}="..."]`)).join(' ');
}

/** The answer of `/name help`. */
export function promptHelp({ name, prompt }: PromptCommand): CommandAnswer {
  return {
    code: 'prompt_help',
    name,
    server: prompt.server,
    description: prompt.description,
    arguments: prompt.arguments.map(({ name: argument, isRequired, description }) => ({ name: argument, isRequired, description })),
  };
}
