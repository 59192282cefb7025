/** `--json-schema`: the required form of a run's answer. */
import { homedir } from 'node:os';
import { parseJson, readSmall } from '../small-json.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The limit of a schema. Unit: bytes. Source: Qwen Code has the same limit. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The schema, or an error message. The message quotes nothing from a file, because the wrong file may have been named. */
export async function readJsonSchema(given: string): Promise<JsonSchema | string> {
  const path = given.startsWith('@') ? given.slice(1).replace(/^~(?=\/|$)/, homedir()) : undefined;
  const text = path === undefined ? given : await readSmall(path, MAX_BYTES);
  const name = path === undefined ? '--json-schema' : `--json-schema: the file ${path}`;
  if (text === undefined) return `${name} is not there, cannot be read, or is longer than ${MAX_BYTES / 1024 / 1024} MiB.`;
  const schema = parseJson(text);
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema))
    return `${name} must be a JSON Schema such as {"type": "object", "properties": {"answer": {"type": "string"}}}.`;
  return schema as JsonSchema; // the line above has checked that it is an object
}

/** For the system prompt. */
export const ANSWER_BY_TOOL =
  'Your text is not read in this run. When the work is done, return the answer by calling structured_output; nothing else counts as an answer.';
