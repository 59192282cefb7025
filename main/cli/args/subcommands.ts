/** Which sub-command a command line means. Pure. */
import { parseArgs } from 'node:util';
import { Refusal } from './flags.ts';
import { RUN_FLAGS } from './flag-table.ts';

/** Sub-commands of Qwen Code that do not exist here. They are never prompts: a script that runs one expects no answer of a model. */
const SUBCOMMANDS_OF_QWEN_CODE: Readonly<Record<string, string>> = {
  board: 'There are no boards.',
  channel: 'There are no channels.',
  extensions: 'There are no extensions.',
  hooks: 'Hooks are in settings.json; /hooks in a session lists them.',
  review: 'Give the task as a prompt.',
  sandbox: 'The setting tools.executionSandbox turns the sandbox on; gantry doctor checks it.',
  update: 'Install the new version over the old one.',
};

/**
 * The first word that is neither an option nor its value, if it is one of `known`, and everything else. Undefined: a run. Throws
 * `Refusal`.
 */
export function findSubcommand(argv: readonly string[], known: readonly string[]): { name: string; rest: string[] } | undefined {
  const { tokens } = parseArgs({ args: [...argv], options: RUN_FLAGS, allowPositionals: true, strict: false, tokens: true });
  const first = tokens.find((token) => token.kind !== 'option' || token.name === 'prompt');
  if (first?.kind !== 'positional') return undefined;
  const { value: name, index } = first;
  if (known.includes(name)) return { name, rest: argv.toSpliced(index, 1) };
  const instead = Object.hasOwn(SUBCOMMANDS_OF_QWEN_CODE, name) ? SUBCOMMANDS_OF_QWEN_CODE[name] : undefined;
  if (instead === undefined) return undefined;
  throw new Refusal(
    `${name} is a command of Qwen Code that Gantry does not have. ${instead} To send these words as a prompt: gantry -p "...".`,
  );
}
