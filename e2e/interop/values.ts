/** The values of printed messages, as lines that can be compared. Pure. */

/** Ids, times and figures, which differ from run to run. */
const PER_RUN = /^(?:uuid|session_id|request_id|id|cwd|duration_ms|duration_api_ms|totalLatencyMs|durationMs|totalDurationMs)$/;
/** Figures of the model's service and of the prompt, which each program writes itself. */
const FIGURES = /^(?:usage|tokens|stats|models)$/;
const MEMBERS = ['event', 'request', 'response'];

/**
 * `<message>.<path> = <value>`, sorted, each once, with the names of shapes.ts. `known` are texts of the run, such as its folder, and
 * what is written in their place.
 */
export function valuesOf(messages: readonly unknown[], known: Readonly<Record<string, string>>): readonly string[] {
  const lines = new Set<string>();
  const shown = (text: string) => Object.entries(known).reduce((rest, [from, to]) => rest.replaceAll(from, to), text);
  const collect = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const element of value) collect(element, `${path}[${nameOf(element)}]`);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        if (PER_RUN.test(key) || FIGURES.test(key)) continue;
        collect(member, `${path}.${key}${MEMBERS.includes(key) ? `(${nameOf(member)})` : ''}`);
      }
    } else lines.add(`${path} = ${shown(JSON.stringify(value))}`);
  };
  for (const message of messages) collect(message, nameOf(message));
  return [...lines].sort();
}

function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const type = 'type' in value ? String(value.type) : '';
  const subtype = 'subtype' in value ? String(value.subtype) : '';
  return [type, subtype].filter((part) => part !== '').join('.');
}
