/**
 * `--openai-logging`: every request of the OpenAI protocols and what came of it, one file each, for people who look into what a
 * model was asked. Bodies only: no header, so no key, is written. A file that cannot be written harms no request.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { ReadableStream as WebStream } from 'node:stream/web';
import type { Logger } from '../ports.ts';
import type { SettingsReading } from '../settings/index.ts';

export interface RequestLog {
  /** Absolute. */
  readonly folder: string;
  readonly logger: Pick<Logger, 'warn'>;
  readonly nowMs: () => number;
}

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What comes after it is left out of the file. Unit: UTF-16 code units. */
const MAX_ANSWER_CHARS = 20_000_000;

/** Pure. Undefined where the settings ask for none. A relative folder counts from the project's. */
export function requestLogFolder(
  { values }: Pick<SettingsReading, 'values'>,
  { root, home }: { readonly root: string; readonly home: string },
): string | undefined {
  const { enableOpenAILogging: isOn, openAILoggingDir: written } = values.model ?? {};
  if (isOn !== true) return undefined;
  if (written === undefined) return join(root, 'logs', 'openai');
  if (written === '~' || written.startsWith('~/')) return join(home, written.slice(1));
  return isAbsolute(written) ? written : resolve(root, written);
}

/** The same way out, with a file of each request that has a body. */
export function withRequestLog(send: Fetch, log: RequestLog | undefined): Fetch {
  if (log === undefined) return send;
  return async (input, init) => {
    const body = textOf(init?.body);
    if (body === undefined) return send(input, init);
    const atMs = log.nowMs();
    const write = (outcome: object) => writeEntry(log, atMs, { request: parsed(body), ...outcome });
    try {
      const response = await send(input, init);
      return response.body === null
        ? response
        : recorded(response, (text) => write({ response: { status: response.status, ...answerOf(text) } }));
    } catch (error) {
      await write({ error: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  };
}

function textOf(body: unknown): string | undefined {
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  return typeof body === 'string' ? body : undefined;
}

/** Passes the answer on as it comes, and logs it when it has ended or the reader has left. */
function recorded(response: Response, tell: (text: string) => Promise<void>): Response {
  const decoder = new TextDecoder();
  async function* copied(body: ReadableStream<Uint8Array>) {
    let text = '';
    try {
      for await (const chunk of body) {
        if (text.length < MAX_ANSWER_CHARS) text += decoder.decode(chunk, { stream: true });
        yield chunk;
      }
    } finally {
      await tell(text); // also where the reader leaves in the middle
    }
  }
  const { status, statusText, headers, body } = response;
  // Node's own type of a web stream and the one of `Response` are the same object under two names.
  const copy = body === null ? null : (WebStream.from(copied(body)) as ReadableStream<Uint8Array>);
  return new Response(copy, { status, statusText, headers });
}

async function writeEntry({ folder, logger }: RequestLog, atMs: number, entry: object): Promise<void> {
  const timestamp = new Date(atMs).toISOString();
  const name = `openai-${timestamp.replace(/[:.]/g, '-')}-${randomUUID().slice(0, 8)}.json`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, name), `${JSON.stringify({ timestamp, ...entry }, undefined, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    logger.warn('A request was not logged', { folder, error: error instanceof Error ? error.message : String(error) });
  }
}

/** The pieces of a stream one by one, any other answer as it is. */
function answerOf(text: string): { readonly chunks: readonly unknown[] } | { readonly body: unknown } {
  const lines = text.split(/\r?\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : []));
  return lines.length === 0 ? { body: parsed(text) } : { chunks: lines.filter((line) => line !== '[DONE]').map(parsed) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // as it came
  }
}
