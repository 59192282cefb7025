/** The node kinds of the grammar, grouped by how they are handled. A kind that is not listed here is not understood. */

export const WORDS = new Set(['word', 'string', 'raw_string', 'concatenation', 'number', 'simple_expansion', 'expansion', 'ansi_c_string']);
export const MORE_WORDS = new Set([
  'translated_string',
  'arithmetic_expansion',
  'command_substitution',
  'process_substitution',
  'brace_expression',
]);
export const TRANSPARENT = new Set([
  'program',
  'list',
  'pipeline',
  'subshell',
  'compound_statement',
  'negated_command',
  'if_statement',
  'elif_clause',
  'else_clause',
  'while_statement',
  'do_group',
  'redirected_statement',
]);
export const SEPARATORS = new Set([
  '&&',
  '||',
  ';',
  '|',
  '|&',
  '\n',
  '(',
  ')',
  '{',
  '}',
  '!',
  'if',
  'then',
  'elif',
  'else',
  'fi',
  'while',
  'until',
  'do',
  'done',
  'for',
  'in',
  ';;',
  ';&',
  ';;&',
  'case',
  'esac',
]);
/** Kinds whose children are inspected, and that ask whatever they contain. */
export const NEVER: Readonly<Record<string, string>> = {
  function_definition: 'defines a function, which can change the meaning of a command',
  c_style_for_statement: 'arithmetic can run commands',
  declaration_command: 'changes variables of the shell',
  unset_command: 'changes variables of the shell',
  case_statement: 'chooses between commands by a pattern',
};
