/** Compares the result of a command that the model received with what the command did. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StatusCase } from './plan.ts';

const RESULT =
  /^Command: (?<command>.*)\nDirectory: (?<folder>.*)\nOutput:\n(?<output>[\s\S]*)\nExit Code: (?<exitCode>.*)\nSignal: (?<signal>.*)(?:\nStatus: (?<error>.*))?/;
/** The model receives both ends of a long output, and the path of the rest. */
const LEFT_OUT = /^\[\.\.\. .* left out here\. All of it is in (?<path>.*)\.output\. \.\.\.\]$/m;

/** One sentence for each difference. */
export async function problemsOf(result: string | undefined, { command, expected }: StatusCase): Promise<readonly string[]> {
  if (result === undefined) return ['there is no result'];
  const found = RESULT.exec(result)?.groups;
  if (found === undefined) return [`this is no result of a command: ${result.slice(0, 300)}`];
  const problems: string[] = [];
  const check = (what: string, actual: unknown, wanted: unknown) => {
    if (actual !== wanted) problems.push(`${what}: ${short(actual)}, expected ${short(wanted)}`);
  };
  check('command', found['command'], command);
  check('exit code', found['exitCode'], String(expected.exitCode ?? '(none)'));
  check('signal', found['signal'], String(expected.signal ?? '(none)'));
  check('status', found['error'], expected.error);
  const { output = '', folder = '' } = found;
  const rest = LEFT_OUT.exec(output)?.groups?.['path'];
  if (rest === undefined) check('output', output, expected.output.trimEnd() || '(no output)');
  else {
    check('output file', await read(`${rest}.output`), expected.output);
    check('raw file', await read(`${rest}.raw`), expected.output.replaceAll('\n', '\r\n'));
  }
  return problems.concat(await fileProblems(folder, command, expected.file));
}

async function fileProblems(folder: string, command: string, wanted: string | undefined): Promise<readonly string[]> {
  const name = /\bcase-\d+/.exec(command)?.[0];
  if (wanted === undefined || name === undefined) return [];
  const actual = await read(join(folder, name));
  return actual === wanted ? [] : [`file ${name}: ${short(actual)}, expected ${short(wanted)}`];
}

const read = (path: string) => readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => `(${error.code})`);
const short = (value: unknown) => JSON.stringify(value)?.slice(0, 120) ?? 'none';
