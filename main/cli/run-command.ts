/** `gantry [prompt]`: input, engine, one run, and the order of the end. */
import { GANTRY_VERSION } from '../local/version.ts';
import type { RunArgs } from './args.ts';
import type { ProcessEnd } from './end-process.ts';
import { EXIT } from './exit-codes.ts';
import { formatFailure } from './failure.ts';
import { catchSignals } from './interruption.ts';
import { createJsonWriter } from './json-writer.ts';
import type { OutputWriter, Write } from './output-writer.ts';
import { FIRST_BYTE_MS, MAX_INPUT_CHARS, mergePrompt, readPipedInput } from './prompt-input.ts';
import { createStandardOutput } from './standard-output.ts';
import { createStreamJsonWriter } from './stream-json-writer.ts';
import { createTextWriter } from './text-writer.ts';

type Say = (line: string) => void;

export async function runCommand(args: RunArgs): Promise<ProcessEnd> {
  const output = createStandardOutput(process.stdout);
  const errors = createStandardOutput(process.stderr);
  const say: Say = (line) => errors.write(`${line}\n`);
  const interruption = catchSignals();
  const readerGone = new AbortController();
  output.onClosed(() => readerGone.abort());
  const signal = AbortSignal.any([interruption.signal, readerGone.signal]);

  const prompt = await untilAborted(readPrompt(args, say), signal);
  const exitCode =
    prompt === undefined || typeof prompt === 'number' ? prompt : await runInEngine({ args, prompt, say, write: output.write }, signal);
  await output.flush();
  const received = interruption.received();
  if (received !== undefined) {
    say('Operation cancelled.');
    return received;
  }
  // A reader that has gone away has got what it wanted.
  return readerGone.signal.aborted ? EXIT.success : (exitCode ?? EXIT.failure);
}

/** The prompt, or the exit code of having none. */
async function readPrompt(args: RunArgs, say: Say): Promise<string | number> {
  const refuse = (message: string, exitCode: number) => {
    say(formatFailure({ message, exitCode }, args.outputFormat));
    return exitCode;
  };
  const piped = await readPipedInput(process.stdin, args.prompt === undefined ? undefined : FIRST_BYTE_MS);
  if (piped.kind === 'too_long')
    return refuse(
      `Standard input is longer than ${MAX_INPUT_CHARS} characters. Put it in a file and name the file in the prompt.`,
      EXIT.badInput,
    );
  if (piped.kind === 'silent') say(`Nothing came on standard input within ${FIRST_BYTE_MS} ms; going on without it.`);
  const prompt = mergePrompt(piped.kind === 'text' ? piped.text : '', args.prompt);
  if (prompt.trim() !== '') return prompt;
  return refuse(
    'There is no prompt. Give one as an argument, with --prompt or on standard input; gantry --help lists the rest.',
    EXIT.failure,
  );
}

async function runInEngine(run: { args: RunArgs; prompt: string; say: Say; write: Write }, signal: AbortSignal): Promise<number> {
  const { args, prompt, say, write } = run;
  const [{ openNodeEngine }, { runPrompt }, { isUnattendedRetry }, { tellSurvivors }] = await Promise.all([
    import('./node-engine.ts'),
    import('./run-prompt.ts'),
    import('./retry-heartbeat.ts'),
    import('./survivors-line.ts'),
  ]);
  const { engine, ports, close } = openNodeEngine({
    hostKind: 'cli',
    trustedEndpoints: args.trustedEndpoints,
    overrides: { OPENAI_API_KEY: args.openaiApiKey, OPENAI_BASE_URL: args.openaiBaseUrl },
    debug: args.debug,
  });
  void tellSurvivors(engine, say);
  try {
    const started = runPrompt(
      {
        engine,
        args,
        prompt,
        cwd: process.cwd(),
        version: GANTRY_VERSION,
        clock: ports.clock,
        writer: createWriter(args, write),
        say,
        unattendedRetry: isUnattendedRetry(process.env),
      },
      signal,
    );
    return (await untilAborted(started, signal)) ?? EXIT.failure;
  } finally {
    await close();
  }
}

function createWriter(args: RunArgs, write: Write): OutputWriter {
  switch (args.outputFormat) {
    case 'text':
      return createTextWriter(write);
    case 'json':
      return createJsonWriter(write);
    case 'stream-json':
      return createStreamJsonWriter(write);
    default:
      return args.outputFormat satisfies never;
  }
}

/** Undefined once the signal is aborted; what comes later, a failure too, is nobody's any more. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined;
  const aborted = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
  return Promise.race([work, aborted]);
}
