/** The fields of printed messages and their types, as lines that can be compared. Pure. */

/** Members whose name depends on their content. */
const DISCRIMINATED = ['event', 'request', 'response'];
/** Objects whose keys are names (of tools, models), and values that a tool or a model made up. */
const NAMED = /^(?:result\.success\.stats\.(?:models|models\.\*\.bySource|tools\.byName))$/;
const OPAQUE = /\.(?:input|tool_input)$/;

/**
 * `<message>.<path>: <type>`, sorted, each once. A message is named by its type and subtype, an element of a list by its type;
 * so two runs with different texts have the same lines if their form is the same.
 */
export function shapesOf(messages: readonly unknown[]): readonly string[] {
  const lines = new Set<string>();
  for (const message of messages) collect(message, nameOf(message), lines);
  return [...lines].sort();
}

function collect(value: unknown, path: string, lines: Set<string>): void {
  if (OPAQUE.test(path)) return void lines.add(`${path}: any`);
  if (Array.isArray(value)) {
    lines.add(`${path}: list`);
    for (const element of value) collect(element, `${path}[${nameOf(element)}]`, lines);
  } else if (typeof value === 'object' && value !== null) {
    lines.add(`${path}: object`);
    for (const [key, member] of Object.entries(value)) {
      const name = NAMED.test(path) ? '*' : key;
      collect(member, `${path}.${name}${DISCRIMINATED.includes(key) ? `(${nameOf(member)})` : ''}`, lines);
    }
  } else lines.add(`${path}: ${value === null ? 'null' : typeof value}`);
}

function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const type = 'type' in value ? String(value.type) : '';
  const subtype = 'subtype' in value ? String(value.subtype) : '';
  return [type, subtype].filter((part) => part !== '').join('.');
}
