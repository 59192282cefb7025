/** Finds the tools that `tool_search` added to the request, from the records of a session, in their order. Pure. */
import type { SessionRecord } from './session-record.ts';

/** The format of the tool's result: one line of JSON per tool, the name first. */
const SCHEMA_LINE = /^\{"name":("(?:[^"\\]|\\.)*")/gm;

export function findRevealedTools({ message }: Pick<SessionRecord, 'message'>): readonly string[] {
  return (message?.parts ?? []).flatMap(({ functionResponse }) => {
    const output = functionResponse?.name === 'tool_search' ? functionResponse.response?.['output'] : undefined;
    if (typeof output !== 'string') return [];
    return [...output.matchAll(SCHEMA_LINE)].map(([, name = '""']) => String(JSON.parse(name)));
  });
}
