/** Which tools `tool_search` has put into the request, from the records of a session, in the order in which it did. Pure. */
import type { SessionRecord } from './session-record.ts';

/** As the tool's result says it: a line of JSON for each, the name first. */
const SCHEMA_LINE = /^\{"name":("(?:[^"\\]|\\.)*")/gm;

export function revealedBy({ message }: Pick<SessionRecord, 'message'>): readonly string[] {
  return (message?.parts ?? []).flatMap(({ functionResponse }) => {
    const output = functionResponse?.name === 'tool_search' ? functionResponse.response?.['output'] : undefined;
    if (typeof output !== 'string') return [];
    return [...output.matchAll(SCHEMA_LINE)].map(([, name = '""']) => String(JSON.parse(name)));
  });
}
