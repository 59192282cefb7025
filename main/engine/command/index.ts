/** Slash commands: the built-in table, the user's files, and their expansion to prompts. */
export { parseCommand } from './command-input.ts';
export { expandCommand, type ExpansionPorts } from './expand-command.ts';
/** Prompts of MCP servers: their arguments and their help. */
export { promptCommands, promptHelp, readArguments } from './prompt-commands.ts';
/** The commands of a folder, and the one that a text refers to. */
export { type CommandScope, type Commands, createCommands, type ResolvedCommand } from './commands.ts';
/** Reads the command files of a folder. Ownership: no resource is held open. */
export { createCustomCommands } from './custom-commands.ts';
