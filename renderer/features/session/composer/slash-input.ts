/** Slash commands in the composer. Pure. The engine defines what a command does; this module only knows where it runs. */
import type { CommandSummary } from '../../../../preload/contract/index.ts';

/** Undefined: a prompt. A path (`/usr/bin`) is a prompt. */
export function slashName(text: string): { readonly name: string; readonly args: string } | undefined {
  const found = /^\/([\p{L}\p{N}_?][\p{L}\p{N}_:.-]*)(?=\s|$)([\s\S]*)$/u.exec(text.trim());
  return found?.[1] === undefined ? undefined : { name: found[1], args: (found[2] ?? '').trim() };
}

export function findCommand(commands: readonly CommandSummary[], name: string): CommandSummary | undefined {
  return commands.find((command) => command.name === name) ?? commands.find(({ aliases }) => aliases.includes(name));
}

/** Commands whose name or alias begins with the query, before those that contain it in name or description. */
export function matchCommands(commands: readonly CommandSummary[], query: string): readonly CommandSummary[] {
  const wanted = query.toLowerCase();
  const rank = ({ name, aliases, description }: CommandSummary) => {
    if ([name, ...aliases].some((one) => one.toLowerCase().startsWith(wanted))) return 0;
    if (name.toLowerCase().includes(wanted)) return 1;
    return description.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return commands
    .map((command) => ({ command, rank: rank(command) }))
    .filter((one) => one.rank < 3)
    .toSorted((a, b) => a.rank - b.rank || a.command.name.localeCompare(b.command.name))
    .map(({ command }) => command);
}
