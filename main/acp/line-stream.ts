/**
 * The messages of one ACP connection as lines of JSON. A line that is no message is answered with an error and skipped: it must not
 * end the sessions of the connection, as it would with the SDK's own stream if the line is too long.
 */
import type { AnyMessage, Stream } from '@agentclientprotocol/sdk';

/** The longest line: a prompt of a million characters with its attachments fits. Unit: bytes. */
export const MAX_LINE_BYTES = 32 * 1024 * 1024;

const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;

/** `write` resolves when more can be written, and rejects when the reader has exited. */
export function createLineStream(input: AsyncIterable<Uint8Array>, write: (text: string) => Promise<void>): Stream {
  const send = (message: object) => write(`${JSON.stringify(message)}\n`);
  const refuse = (code: number, message: string) => send({ jsonrpc: '2.0', id: null, error: { code, message } });

  async function* messages(): AsyncGenerator<AnyMessage> {
    for await (const line of splitLines(input, MAX_LINE_BYTES)) {
      if (line === undefined) await refuse(INVALID_REQUEST, `The message is longer than ${MAX_LINE_BYTES} bytes and was not read.`);
      else if (line.trim() !== '') {
        const value = parseJson(line);
        if (value === undefined) await refuse(PARSE_ERROR, 'Parse error: the line is not JSON.');
        else if (isRecord(value))
          yield value as AnyMessage; // the connection checks its fields
        else await refuse(INVALID_REQUEST, 'Invalid request: a message is one JSON object; batches are not supported.');
      }
    }
  }

  const incoming = messages();
  return {
    readable: new ReadableStream({
      async pull(controller) {
        const next = await incoming.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
    }),
    writable: new WritableStream({ write: send }),
  };
}

/** Undefined for a line that is longer than `maxBytes`; it is dropped as it arrives. */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string | undefined> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      size += end - start;
      yield size > maxBytes ? undefined : Buffer.concat([...pieces, chunk.subarray(start, end)]).toString('utf8');
      pieces = [];
      size = 0;
      start = end + 1;
    }
    size += chunk.length - start;
    if (size > maxBytes) pieces = [];
    else if (start < chunk.length) pieces.push(chunk.subarray(start));
  }
  if (size > 0) yield size > maxBytes ? undefined : Buffer.concat(pieces).toString('utf8');
}

const NEWLINE = 0x0a;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // JSON has no `undefined`, so it means that the text is not JSON
  }
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
