/** Slash commands: the built-in table, the user's files, and how they become prompts. */
export { parseCommand } from './command-input.ts';
export { expandCommand, type ExpansionPorts } from './expand-command.ts';
/** Prompts of MCP servers: what is typed behind them, and what they say of it. */
export { promptCommands, promptHelp, readArguments } from './prompt-commands.ts';
/** Which command a text means, and which there are. */
export { type CommandScope, type Commands, createCommands, type ResolvedCommand } from './commands.ts';
/** Reads the command files of a folder. Ownership: nothing is held open. */
export { createCustomCommands } from './custom-commands.ts';
