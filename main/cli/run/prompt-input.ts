import type { Readable } from 'node:stream';

/** A prompt beyond this is a mistake (a binary, a log by accident), not a question. Unit: UTF-16 code units. */
export const MAX_INPUT_CHARS = 8 * 1024 * 1024;

/**
 * With a prompt on the command line, standard input that says nothing for this long is taken to be empty: programs that
 * start Gantry often leave an unused pipe open. Unit: ms. Source: Qwen Code waits as long.
 */
export const FIRST_BYTE_MS = 500;

/** The prompt as it is sent: piped text first, then what was given on the command line. Source: docs/formats.md 3.1. */
export function mergePrompt(piped: string, prompt: string | undefined): string {
  if (piped === '') return prompt ?? '';
  return prompt === undefined || prompt === '' ? piped : `${piped}\n\n${prompt}`;
}

export type PipedInput =
  | { readonly kind: 'text'; readonly text: string }
  /** Nothing came in time; what may come later is not read. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'too_long' };

/** Reads a piped standard input to its end. `firstByteMs` absent: waits as long as it takes. */
export function readPipedInput(stream: Readable & { isTTY?: boolean }, firstByteMs?: number): Promise<PipedInput> {
  if (stream.isTTY === true) return Promise.resolve({ kind: 'text', text: '' });
  return new Promise((resolve) => {
    const parts: string[] = [];
    let chars = 0;
    const timer = firstByteMs === undefined ? undefined : setTimeout(() => settle({ kind: 'silent' }), firstByteMs);

    function settle(input: PipedInput): void {
      clearTimeout(timer);
      stream.off('data', onData);
      if (input.kind !== 'text') stream.destroy();
      resolve(input);
    }
    function onData(chunk: string): void {
      clearTimeout(timer);
      parts.push(chunk);
      chars += chunk.length;
      if (chars > MAX_INPUT_CHARS) settle({ kind: 'too_long' });
    }

    stream.setEncoding('utf8');
    stream.on('data', onData);
    stream.once('end', () => settle({ kind: 'text', text: parts.join('') }));
    stream.once('error', () => settle({ kind: 'text', text: parts.join('') })); // a reset pipe has nothing more to say
  });
}
