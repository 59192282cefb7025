import type { Readable } from 'node:stream';

/** A longer prompt is a mistake (a binary or a log). Unit: UTF-16 code units. */
export const MAX_INPUT_CHARS = 8 * 1024 * 1024;

/**
 * With a prompt on the command line, standard input that sends nothing for this long counts as empty: programs that start
 * Gantry often leave an unused pipe open. Unit: ms. Source: Qwen Code waits as long.
 */
export const FIRST_BYTE_MS = 500;

/** The complete prompt: piped text first, then the text of the command line. Source: docs/formats.md 3.1. */
export function mergePrompt(piped: string, prompt: string | undefined): string {
  if (piped === '') return prompt ?? '';
  return prompt === undefined || prompt === '' ? piped : `${piped}\n\n${prompt}`;
}

export type PipedInput =
  | { readonly kind: 'text'; readonly text: string }
  /** No input arrived in time; later input is not read. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'too_long' };

/** Reads a piped standard input to its end. `firstByteMs` absent: waits without a limit. */
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
    stream.once('error', () => settle({ kind: 'text', text: parts.join('') })); // a reset pipe has no more input
  });
}
