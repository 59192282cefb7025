/**
 * Bash's grammar, loaded with the first command that is classified. It only turns text into a plain tree; shell-parts.ts
 * interprets the tree, and re-reads every word before it trusts it.
 */
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type { Node, Parser } from 'web-tree-sitter';

/** Offsets in UTF-16 code units, end exclusive. `isNamed` is false for tokens such as `&&`. */
export interface ShellNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly isNamed: boolean;
  readonly children: readonly ShellNode[];
}

/**
 * A longer command asks without being parsed: no person reviews it at a glance, and its tree costs memory. Unit: UTF-16 code
 * units.
 */
export const MAX_COMMAND_CHARS = 20_000;
/** Deeper nesting is a trick or a generated script. */
const MAX_DEPTH = 60;

/** Returns the tree, or undefined if the text has an error, is too long or too deep. `maxChars`: `MAX_COMMAND_CHARS` by default. */
export type ParseShell = (command: string, maxChars?: number) => ShellNode | undefined;

/**
 * V8 recompiles hot WebAssembly functions with its optimizing compiler. For this grammar, whose lexer is one huge function,
 * that takes 500 MB and makes no command faster. This flag limits the recompilation to the function with the given index, and
 * no module has so many. `--wasm-tiering-budget` only postpones it: a lexer this size spends any budget within some 150 commands.
 * Other flags have no effect once V8 runs. Source: 2,000 parsed commands peak at 515 MB without the flag, at 87 MB with it.
 */
const NO_OPTIMIZED_WASM = '--wasm-tier-up-filter=2000000000';

let loading: Promise<ParseShell | undefined> | undefined;

/**
 * One grammar per process, kept from the first call on.
 * Errors: none; if the WebAssembly cannot be loaded the result is undefined, and `onUnavailable` receives the reason once.
 */
export function loadShellGrammar(onUnavailable: (error: unknown) => void = () => undefined): Promise<ParseShell | undefined> {
  loading ??= load().catch((error: unknown) => {
    onUnavailable(error);
    return undefined;
  });
  return loading;
}

async function load(): Promise<ParseShell> {
  const { Language, Parser } = await import('web-tree-sitter');
  setFlagsFromString(NO_OPTIMIZED_WASM); // read when a function becomes hot, so it also covers modules that are loaded already
  await Parser.init();
  const grammar = await Language.load(createRequire(import.meta.url).resolve('tree-sitter-bash/tree-sitter-bash.wasm'));
  const parser = new Parser();
  parser.setLanguage(grammar);
  return (command, maxChars = MAX_COMMAND_CHARS) => (command.length > maxChars ? undefined : parseWith(parser, command));
}

function parseWith(parser: Parser, command: string): ShellNode | undefined {
  const tree = parser.parse(command);
  if (tree === null) return undefined;
  try {
    return tree.rootNode.hasError ? undefined : copyNode(tree.rootNode, 0);
  } finally {
    tree.delete(); // WebAssembly memory is not garbage-collected
  }
}

function copyNode(node: Node, depth: number): ShellNode | undefined {
  if (depth > MAX_DEPTH || node.isMissing) return undefined;
  const children: ShellNode[] = [];
  for (const child of node.children) {
    const copied = copyNode(child, depth + 1);
    if (copied === undefined) return undefined;
    children.push(copied);
  }
  return { type: node.type, start: node.startIndex, end: node.endIndex, isNamed: node.isNamed, children };
}
