/** Asks the person at the terminal of `gantry serve`, which a script in the page cannot reach. */
import { createInterface } from 'node:readline';
import { EngineError } from '../../engine/index.ts';
import type { Confirmation } from '../../rpc/index.ts';

export interface TerminalStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * `y` or `yes` grants; any other line, the end of the input and an abort refuse. Errors: `not_supported` without a terminal.
 */
export function confirmInTerminal(
  { input, output }: TerminalStreams,
  { message, detail, action }: Confirmation,
  signal: AbortSignal,
): Promise<boolean> {
  if (input.isTTY !== true) {
    throw new EngineError(
      'not_supported',
      `“${message}” must be confirmed in the terminal of gantry serve, which has none. Start it in a terminal, or, if you trust every page and program that has its token, with --confirm-in-page.`,
    );
  }
  output.write(`\nThe browser asks: ${message}\n${detail.replace(/^/gm, '  ')}\n${action}? [y/N] `);
  const lines = createInterface({ input, terminal: false }); // not a raw terminal, so that Ctrl+C still ends the server
  return new Promise((resolve) => {
    const settle = (isGranted: boolean, words: string) => {
      signal.removeEventListener('abort', withdraw);
      lines.removeAllListeners();
      lines.close();
      output.write(words);
      resolve(isGranted);
    };
    const withdraw = () => settle(false, '\nThe browser has left; nothing was changed.\n');
    lines.once('line', (line) => {
      const isGranted = /^\s*y(?:es)?\s*$/i.test(line);
      settle(isGranted, isGranted ? '' : 'Cancelled.\n');
    });
    lines.once('close', () => settle(false, '\n'));
    if (signal.aborted) withdraw();
    else signal.addEventListener('abort', withdraw, { once: true });
  });
}
