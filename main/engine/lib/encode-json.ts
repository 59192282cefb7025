/** JSON of values with texts of any length: no step takes longer than one piece of text, and other work runs in between. */
import { randomUUID } from 'node:crypto';
import { setImmediate as otherWork } from 'node:timers/promises';

/** About 20 ms of work. Unit: UTF-16 units. */
const PIECE_CHARS = 1 << 20;

/**
 * The UTF-8 bytes of `JSON.stringify(value)`, in pieces: joining 50 MB takes as long as encoding them.
 * Errors: those of `JSON.stringify`. Only tests set `pieceChars`.
 */
export async function encodeJson(value: object, pieceChars = PIECE_CHARS): Promise<Buffer<ArrayBuffer>[]> {
  const mark = randomUUID();
  const long: string[] = [];
  const frame = JSON.stringify(value, (_name, inner: unknown) => {
    if (typeof inner !== 'string' || inner.length <= pieceChars) return inner;
    long.push(inner);
    return mark;
  });
  const [head = '', ...rest] = frame.split(mark);
  const bytes: Buffer<ArrayBuffer>[] = [Buffer.from(head)];
  for (const [at, between] of rest.entries()) {
    for await (const piece of encodeText(long[at] ?? '', pieceChars)) bytes.push(piece);
    bytes.push(Buffer.from(between));
  }
  return bytes;
}

async function* encodeText(text: string, pieceChars: number): AsyncGenerator<Buffer<ArrayBuffer>, void> {
  for (let at = 0; at < text.length; ) {
    // Half a surrogate pair would be written as an escape.
    const edge = at + pieceChars;
    const end = /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(edge - 1, edge + 1)) ? edge + 1 : edge;
    yield Buffer.from(JSON.stringify(text.slice(at, end)).slice(1, -1));
    at = end;
    await otherWork();
  }
}
