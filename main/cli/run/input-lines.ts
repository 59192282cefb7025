import { StringDecoder } from 'node:string_decoder';

export type InputLine =
  | { readonly kind: 'line'; readonly text: string; readonly number: number }
  | { readonly kind: 'too_long'; readonly number: number };

/**
 * The lines of a stream as they arrive, without their ends; empty ones are skipped, the last one needs no end. `number` counts
 * from 1.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array | string>, maxChars: number): AsyncGenerator<InputLine> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let number = 0;
  for await (const chunk of chunks) {
    const parts = (rest + (typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk)))).split('\n');
    rest = parts.pop() ?? '';
    for (const text of parts) {
      number += 1;
      if (text.trim() !== '') yield { kind: 'line', text, number };
    }
    if (rest.length > maxChars) {
      yield { kind: 'too_long', number: number + 1 };
      return;
    }
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield { kind: 'line', text: rest, number: number + 1 };
}
