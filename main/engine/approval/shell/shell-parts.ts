/**
 * The tree of a command as parts that can be classified: simple commands with their words, assignments and redirections, and
 * a list of the parts that cannot. Every node kind is listed here or counts as not understood. Pure.
 */
import type { ShellNode } from './shell-grammar.ts';
import { inspectHeredoc } from './shell-heredoc.ts';
import { MORE_WORDS, NEVER, SEPARATORS, TRANSPARENT, WORDS } from './shell-nodes.ts';
import { HIDDEN_CHARACTER, readWord, type ShellWord } from './words/shell-word.ts';

/** A part of the text that makes the command ask. Offsets in UTF-16 code units. */
export interface ShellRisk {
  readonly start: number;
  readonly end: number;
  readonly why: string;
}

export interface ShellAssignment {
  readonly name: string;
  readonly value: ShellWord | undefined;
  readonly start: number;
  readonly end: number;
}

/** `target` is absent for `2>&1` and the like. */
export interface ShellRedirect {
  readonly operator: string;
  readonly target: ShellWord | undefined;
  readonly start: number;
  readonly end: number;
}

/** One simple command. `words` is empty if it only assigns or redirects. */
export interface ShellPart {
  readonly words: readonly ShellWord[];
  readonly assignments: readonly ShellAssignment[];
  readonly redirects: readonly ShellRedirect[];
  readonly start: number;
  readonly end: number;
  /** Inside a substitution: its output becomes words of another command. */
  readonly isNested: boolean;
  /** The words of a `for` loop, which run nothing. */
  readonly isList?: true;
  /** It runs once, after the part before it and in the same shell: not in a pipe, a subshell, a condition or a loop. */
  readonly isPlainStep: boolean;
}

/** `substitutes`: a command's output becomes part of the text. */
export interface ShellReading {
  readonly parts: readonly ShellPart[];
  readonly risks: readonly ShellRisk[];
  readonly substitutes: boolean;
  /** A folder changed in one round of a loop is the folder of the next. */
  readonly loops: boolean;
}

/** Everything the classification needs, from a tree without errors. */
export function readShell(source: string, root: ShellNode): ShellReading {
  const reader = new Reader(source);
  reader.visit(root, false);
  reader.checkGaps(root);
  return { parts: reader.parts, risks: reader.risks, substitutes: reader.substitutes, loops: reader.loops };
}

class Reader {
  readonly parts: ShellPart[] = [];
  readonly risks: ShellRisk[] = [];
  substitutes = false;
  loops = false;
  #heredocs = 0;
  /** How many pipes, subshells, conditions and loops surround the node. */
  #depth = 0;
  #hasAlternatives = false;
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
    const hidden = HIDDEN_CHARACTER.exec(source);
    if (hidden !== null) this.#risk({ start: hidden.index, end: hidden.index + 1 }, 'an invisible character');
  }

  visit(node: ShellNode, isNested: boolean): void {
    const { type } = node;
    if (/^(for|while)_statement$/.test(type)) this.loops = true;
    if (type === '||') this.#hasAlternatives = true;
    const isStep = /^(program|list|command|redirected_statement|variable_assignments?|comment)$/.test(type);
    if (!isStep) this.#depth += 1;
    this.#visit(node, isNested);
    if (!isStep) this.#depth -= 1;
  }

  #visit(node: ShellNode, isNested: boolean): void {
    const { type } = node;
    const never = NEVER[type];
    if (never !== undefined) {
      this.#risk(node, never);
      this.#nestedCommands(node, isNested);
    } else if (type === 'redirected_statement') this.#redirected(node, isNested);
    else if (TRANSPARENT.has(type)) this.#children(node, isNested);
    else if (type === 'command') this.#command(node, [], isNested);
    else if (type === 'test_command') this.#test(node, isNested);
    else if (type === 'for_statement') this.#loop(node, isNested);
    else if (type === 'variable_assignment' || type === 'variable_assignments') this.#assigning(node, isNested);
    else if (type === '&') this.#risk(node, 'leaves a process behind');
    else if (type === 'comment' || SEPARATORS.has(type)) return;
    else {
      this.#risk(node, 'not understood');
      this.#nestedCommands(node, isNested);
    }
  }

  /** The grammar may skip only blanks: `'a'\ b` is one word for the shell and two for the grammar. */
  checkGaps(root: ShellNode): void {
    const leaves: ShellNode[] = [];
    const collect = (node: ShellNode): void => {
      const isWhole = node.children.length === 0 || WORDS.has(node.type) || MORE_WORDS.has(node.type) || node.type === 'heredoc_body';
      if (isWhole) leaves.push(node);
      else for (const child of node.children) collect(child);
    };
    collect(root);
    leaves.sort((one, other) => one.start - other.start || one.end - other.end);
    let end = 0;
    for (const leaf of [...leaves, { start: this.#source.length, end: this.#source.length }]) {
      const gap = this.#source.slice(end, Math.max(end, leaf.start));
      if (!/^(?:[ \t\n]|\\\n)*$/.test(gap)) this.#risk({ start: end, end: leaf.start }, 'not understood');
      end = Math.max(end, leaf.end);
    }
  }

  #risk({ start, end }: { readonly start: number; readonly end: number }, why: string): void {
    this.risks.push({ start, end, why });
  }

  #children(node: ShellNode, isNested: boolean): void {
    for (const child of node.children) this.visit(child, isNested);
  }

  /** Commands anywhere below: deny rules must see them, though nothing here can run without an approval. */
  #nestedCommands(node: ShellNode, isNested: boolean): void {
    for (const child of node.children) {
      if (child.type === 'command' || TRANSPARENT.has(child.type) || NEVER[child.type] !== undefined) this.visit(child, isNested);
      else this.#nestedCommands(child, isNested || child.type.endsWith('substitution'));
    }
  }

  #redirected(node: ShellNode, isNested: boolean): void {
    const isRedirect = (child: ShellNode) => child.type.endsWith('_redirect');
    const redirects = node.children.filter(isRedirect).flatMap((child) => this.#redirect(child, isNested));
    for (const child of node.children) {
      if (isRedirect(child)) continue;
      if (child.type === 'command') this.#command(child, redirects, isNested);
      else {
        this.visit(child, isNested);
        if (redirects.length > 0) this.parts.push({ ...this.#emptyPart(node, isNested), redirects });
      }
    }
    if (node.children.every(isRedirect)) this.parts.push({ ...this.#emptyPart(node, isNested), redirects });
  }

  #command(node: ShellNode, outer: readonly ShellRedirect[], isNested: boolean): void {
    const words: ShellWord[] = [];
    const assignments: ShellAssignment[] = [];
    const redirects = [...outer];
    for (const child of node.children) {
      if (child.type === 'command_name') words.push(...child.children.map((name) => this.#word(name, isNested)));
      else if (WORDS.has(child.type) || MORE_WORDS.has(child.type)) words.push(this.#word(child, isNested));
      else if (child.type === 'variable_assignment') assignments.push(this.#assignment(child, isNested));
      else if (child.type.endsWith('_redirect')) redirects.push(...this.#redirect(child, isNested));
      else {
        this.#risk(child, 'not understood');
        this.#nestedCommands(child, isNested);
      }
    }
    this.parts.push({ ...this.#emptyPart(node, isNested), words, assignments, redirects });
  }

  #word(node: ShellNode, isNested: boolean): ShellWord {
    const before = this.#source.slice(0, node.start);
    const after = this.#source.charAt(node.end);
    const word = readWord(this.#source, node.start, node.end);
    const continues = (/[^\s;&|<>()!`]$/.test(before) || /\\\s$/.test(before)) && !before.endsWith('\\\n');
    if (continues || (after !== '' && !/[\s;&|<>()\\`]/.test(after))) this.#risk(node, 'not understood');
    if (node.type === 'process_substitution' || word.unknown === 'substitution') {
      this.substitutes = true;
      this.#risk(node, 'runs a command to make this text');
      this.#nestedCommands({ ...node, children: [node] }, isNested);
      return { ...word, unknown: 'substitution' };
    }
    if (word.unknown === 'misread') this.#risk(node, 'not understood');
    return word;
  }

  #assignment(node: ShellNode, isNested: boolean): ShellAssignment {
    const [name, operator, value] = node.children;
    const isPlain = name?.type === 'variable_name' && operator?.type === '=' && node.children.length <= 3;
    if (!isPlain) this.#risk(node, 'not understood');
    const isWord = value !== undefined && (WORDS.has(value.type) || MORE_WORDS.has(value.type));
    if (value !== undefined && !isWord) {
      this.#risk(value, 'not understood');
      this.#nestedCommands(value, isNested);
    }
    return {
      name: name === undefined ? '' : this.#source.slice(name.start, name.end),
      value: isWord && value !== undefined ? this.#valueOf(value, isNested) : undefined,
      start: node.start,
      end: node.end,
    };
  }

  /** As `#word`, for the text after an equals sign. */
  #valueOf(node: ShellNode, isNested: boolean): ShellWord {
    const word = readWord(this.#source, node.start, node.end);
    if (word.unknown !== 'substitution') return word;
    this.substitutes = true;
    this.#risk(node, 'runs a command to make this text');
    this.#nestedCommands({ ...node, children: [node] }, isNested);
    return word;
  }

  #assigning(node: ShellNode, isNested: boolean): void {
    const each = node.type === 'variable_assignment' ? [node] : node.children;
    const assignments = each.map((child) => this.#assignment(child, isNested));
    this.parts.push({ ...this.#emptyPart(node, isNested), assignments });
  }

  /** `[ -f a ]` is a command with its own name; in `[[ … ]]` only tests of files and text are treated as one. */
  #test(node: ShellNode, isNested: boolean): void {
    const words: ShellWord[] = [];
    const collect = (child: ShellNode): void => {
      if (WORDS.has(child.type) || MORE_WORDS.has(child.type)) words.push(this.#word(child, isNested));
      else if (child.children.length === 0) words.push(readWord(this.#source, child.start, child.end));
      else for (const inner of child.children) collect(inner);
    };
    for (const child of node.children) collect(child);
    const isMisread = words.some((word) => word.unknown === 'misread') || this.#source.startsWith('((', node.start);
    if (isMisread) this.#risk(node, 'not understood');
    this.parts.push({ ...this.#emptyPart(node, isNested), words });
  }

  #loop(node: ShellNode, isNested: boolean): void {
    for (const child of node.children) {
      if (child.type === 'variable_name' || SEPARATORS.has(child.type)) {
        if (child.type === 'variable_name' && !/^[a-z_][a-z0-9_]*$/.test(this.#source.slice(child.start, child.end)))
          this.#risk(child, 'changes variables of the shell');
      } else if (WORDS.has(child.type) || MORE_WORDS.has(child.type)) {
        const word = this.#word(child, isNested);
        const isCertain = ['none', 'variable', 'brace'].includes(word.unknown);
        // Quoted stars match files where the variable is used without quotes.
        const isLate = word.quoted && /[*?[]/.test(word.text);
        if (!isCertain || isLate || (word.glob !== 'none' && word.unknown === 'brace')) this.#risk(child, 'the shell computes this text');
        else this.parts.push({ ...this.#emptyPart(child, isNested), words: [word], isList: true });
      } else this.visit(child, isNested);
    }
  }

  #redirect(node: ShellNode, isNested: boolean): readonly ShellRedirect[] {
    if (node.type === 'heredoc_redirect') return this.#heredoc(node, isNested);
    const operator = node.children.find((child) => !child.isNamed);
    const targets = node.children.filter((child) => child.isNamed && child.type !== 'file_descriptor');
    const said = operator === undefined ? '' : this.#source.slice(operator.start, operator.end);
    if (targets.length === 0) return [{ operator: said, target: undefined, start: node.start, end: node.end }];
    // More than one: the grammar reads the words after the target as targets, while the shell passes them to the command.
    if (targets.length > 1) this.#risk(node, 'not understood');
    return targets.map((target) => ({ operator: said, target: this.#word(target, isNested), start: node.start, end: node.end }));
  }

  #heredoc(node: ShellNode, isNested: boolean): readonly ShellRedirect[] {
    this.#heredocs += 1;
    const body = node.children.find((child) => child.type === 'heredoc_body');
    const { risks, substitutes } = inspectHeredoc(this.#source, node, this.#heredocs > 1);
    for (const { at, why } of risks) this.#risk(at, why);
    this.substitutes ||= substitutes;
    if (body !== undefined && risks.some(({ at }) => at === body)) this.#nestedCommands(body, true);
    const redirects: ShellRedirect[] = [];
    for (const child of node.children) {
      if (child.type === 'file_redirect') redirects.push(...this.#redirect(child, isNested));
      else if (child.type === 'command' || TRANSPARENT.has(child.type)) this.visit(child, isNested);
      else if (/^heredoc_(start|body|end)$/.test(child.type) || /^<<-?$/.test(child.type) || SEPARATORS.has(child.type)) continue;
      else this.#risk(child, 'not understood');
    }
    return redirects;
  }

  #emptyPart({ start, end }: ShellNode, isNested: boolean): ShellPart {
    const isPlainStep = this.#depth === 0 && !this.#hasAlternatives && !isNested;
    return { words: [], assignments: [], redirects: [], start, end, isNested, isPlainStep };
  }
}
