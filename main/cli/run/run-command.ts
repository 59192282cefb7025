/** `gantry [prompt]`: input, engine, one run, and an orderly end. */
import { stat } from 'node:fs/promises';
import { QWEN_CODE_VERSION } from '../../local/version.ts';
import type { Engine, RunDefaults } from '../../engine/index.ts';
import type { OutputFormat, RunArgs } from '../args/args.ts';
import type { ProcessEnd } from '../end-process.ts';
import { EXIT } from '../exit-codes.ts';
import { formatFailure } from '../output/failure.ts';
import { catchSignals } from '../interruption.ts';
import { createJsonWriter } from '../output/json-writer.ts';
import type { OutputWriter, Write } from '../output/output-writer.ts';
import { createStandardOutput } from '../output/standard-output.ts';
import { createStreamJsonWriter } from '../output/stream-json-writer.ts';
import { createTextWriter } from '../output/text-writer.ts';
import { overridesOf, settingsOf } from './flag-overrides.ts';
import type { InputLine } from './input-lines.ts';
import type { JsonSchema } from './json-schema.ts';
import type { McpServers } from './mcp-config.ts';
import { FIRST_BYTE_MS, MAX_INPUT_CHARS, mergePrompt, readPipedInput } from './prompt-input.ts';
import type { RunContext } from './run-context.ts';
import { defined } from '../../../preload/contract/index.ts';

type Say = (line: string) => void;

/** What a shell reports for SIGINT. Source: docs/formats.md 3.3. */
const CANCELLED = 130;

export async function runCommand(args: RunArgs): Promise<ProcessEnd> {
  const output = createStandardOutput(process.stdout);
  const errors = createStandardOutput(process.stderr);
  const say: Say = (line) => errors.write(`${line}\n`);
  const interruption = catchSignals();
  const readerGone = new AbortController();
  output.onClosed(() => readerGone.abort());
  const signal = AbortSignal.any([interruption.signal, readerGone.signal]);
  for (const note of args.notes) say(note);

  const read = await untilAborted(readAll(args, say), signal);
  const exitCode =
    read === undefined || typeof read === 'number' ? read : await runInEngine({ args, ...read, say, write: output.write }, signal);
  await output.flush();
  const received = interruption.received();
  if (received !== undefined) {
    say(formatFailure({ message: 'Operation cancelled.', exitCode: CANCELLED, type: 'FatalCancellationError' }, args.outputFormat));
    return received;
  }
  // A reader that has exited has read what it needed.
  return readerGone.signal.aborted ? EXIT.success : (exitCode ?? EXIT.failure);
}

interface RunReading {
  readonly input: RunInput;
  readonly servers: McpServers;
  readonly jsonSchema?: JsonSchema;
}

/** Everything that the run reads besides the settings, or the exit code for invalid input. */
async function readAll(args: RunArgs, say: Say): Promise<RunReading | number> {
  const servers = args.mcpConfigs.length === 0 ? {} : await (await import('./mcp-config.ts')).readMcpConfigs(args.mcpConfigs);
  if (typeof servers === 'string') {
    say(formatFailure({ message: servers, exitCode: EXIT.badConfiguration }, args.outputFormat));
    return EXIT.badConfiguration;
  }
  const jsonSchema = args.jsonSchema === undefined ? undefined : await (await import('./json-schema.ts')).readJsonSchema(args.jsonSchema);
  if (typeof jsonSchema === 'string') {
    say(formatFailure({ message: jsonSchema, exitCode: EXIT.badInput }, args.outputFormat));
    return EXIT.badInput;
  }
  const input = await readInput(args, say);
  return typeof input === 'number' ? input : { input, servers, ...defined({ jsonSchema }) };
}

/** The source of prompts: one prompt, or the lines of a program, after a prompt from the command line if there is one. */
type RunInput = { readonly prompt: string } | { readonly lines: AsyncIterable<InputLine>; readonly prompt?: string };

/** The input, or the exit code if there is none that can be used. */
async function readInput(args: RunArgs, say: Say): Promise<RunInput | number> {
  const refuse = (message: string, exitCode: number) => {
    say(formatFailure({ message, exitCode }, args.outputFormat));
    return exitCode;
  };
  const missing = await missingFolder(args.includeDirectories);
  if (missing !== undefined) return refuse(`--include-directories: there is no folder ${missing}.`, EXIT.badInput);
  if (args.inputFormat === 'stream-json') {
    const { readLines } = await import('./input-lines.ts');
    return { lines: readLines(process.stdin, MAX_INPUT_CHARS), ...defined({ prompt: args.prompt }) };
  }
  const piped = await readPipedInput(process.stdin, args.prompt === undefined ? undefined : FIRST_BYTE_MS);
  if (piped.kind === 'too_long')
    return refuse(
      `Standard input is longer than ${MAX_INPUT_CHARS} characters. Put it in a file and name the file in the prompt.`,
      EXIT.badInput,
    );
  if (piped.kind === 'silent') say(`Nothing came on standard input within ${FIRST_BYTE_MS} ms; going on without it.`);
  const prompt = mergePrompt(piped.kind === 'text' ? piped.text : '', args.prompt);
  if (prompt.trim() === '')
    return refuse(
      'There is no prompt. Give one as an argument, with --prompt or on standard input; gantry --help lists the rest.',
      EXIT.failure,
    );
  if (!args.allFiles) return { prompt };
  const { readAllFiles } = await import('./all-files.ts');
  const files = await readAllFiles(process.cwd());
  if (files.kind === 'text') return { prompt: mergePrompt(files.text, prompt) };
  return refuse(
    `--all-files takes at most ${files.limitBytes / 1024} KiB of text, and this folder has more. Name the files or folders in the prompt instead.`,
    EXIT.badInput,
  );
}

async function missingFolder(folders: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all(folders.map(async (folder) => (await stat(folder).catch(() => undefined))?.isDirectory() === true));
  return folders.find((_folder, index) => found[index] !== true);
}

async function runInEngine(run: RunReading & { args: RunArgs; say: Say; write: Write }, signal: AbortSignal): Promise<number> {
  const { args, input, say, write } = run;
  const [{ openNodeEngine }, { tellSurvivors }, { projectOpener }] = await Promise.all([
    import('../node-engine.ts'),
    import('./survivors-line.ts'),
    import('./open-session.ts'),
  ]);
  const { engine, ports, close } = openNodeEngine({
    hostKind: 'cli',
    trustedEndpoints: args.trustedEndpoints,
    debug: args.debug,
    overrides: overridesOf(args),
    flags: settingsOf(args, run.servers),
  });
  void tellSurvivors(engine, say);
  const cwd = process.cwd();
  const openProject = projectOpener({ engine, args, cwd });
  const defaults = await defaultsOf(engine, openProject);
  const outputFormat = args.outputFormat ?? defaults.outputFormat ?? 'text';
  const context: RunContext = {
    engine,
    args: { ...args, outputFormat },
    limits: {
      ...defaults,
      ...defined({ maxTurns: args.maxSessionTurns, maxToolCalls: args.maxToolCalls }),
    },
    cwd,
    ...defined({ systemPromptFile: process.env['QWEN_SYSTEM_MD'] }),
    openProject,
    ...defined({ jsonSchema: run.jsonSchema }),
    version: QWEN_CODE_VERSION,
    clock: ports.clock,
    writer: createWriter(outputFormat, write),
    say,
    unattendedRetry: defaults.unattendedRetry ?? false,
  };
  try {
    return (await untilAborted(answer(context, input, signal), signal)) ?? EXIT.failure;
  } finally {
    await close();
  }
}

async function answer(context: RunContext, input: RunInput, signal: AbortSignal): Promise<number> {
  if ('lines' in input) return (await import('./run-stream.ts')).runStream({ ...context, ...input }, signal);
  return (await import('./run-prompt.ts')).runPrompt({ ...context, ...input }, signal);
}

/** The run itself reports a folder that cannot be opened. */
async function defaultsOf(engine: Engine, openProject: RunContext['openProject']): Promise<RunDefaults> {
  try {
    return await engine.projects.runDefaults((await openProject()).id);
  } catch {
    return {};
  }
}

function createWriter(format: OutputFormat, write: Write): OutputWriter {
  switch (format) {
    case 'text':
      return createTextWriter(write);
    case 'json':
      return createJsonWriter(write);
    case 'stream-json':
      return createStreamJsonWriter(write);
    default:
      return format satisfies never;
  }
}

/** Undefined once the signal is aborted; later results and failures are dropped. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  const aborted = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
  return Promise.race([work, aborted]);
}
