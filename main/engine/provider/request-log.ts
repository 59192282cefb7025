/**
 * `--openai-logging`: writes every request of the OpenAI protocols and its response to a file, to show what a model was asked.
 * Only bodies, so no header with the key; where a body repeats the key, it is masked. A failed write does not affect the request.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { ReadableStream as WebStream } from 'node:stream/web';
import { redactKeys } from '../lib/redact.ts';
import type { Logger } from '../ports.ts';
import type { SettingsReading } from '../settings/index.ts';

export interface RequestLog {
  /** Absolute. */
  readonly folder: string;
  readonly logger: Pick<Logger, 'warn'>;
  readonly nowMs: () => number;
}

type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** The rest is omitted from the file. Unit: UTF-16 code units. */
const MAX_ANSWER_CHARS = 20_000_000;

/** Pure. Undefined if the settings do not ask for a log. A relative folder is resolved against the project's. */
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

/** The same fetch, which also writes a file for each request that has a body. `key`: masked wherever it occurs. */
export function withRequestLog(send: Fetch, log: RequestLog | undefined, key: string | undefined): Fetch {
  if (log === undefined) return send;
  return async (input, init) => {
    const body = readText(init?.body);
    if (body === undefined) return send(input, init);
    const atMs = log.nowMs();
    const write = (outcome: object) => writeEntry(log, atMs, { request: parsed(body), ...outcome }, key);
    try {
      const response = await send(input, init);
      return response.body === null
        ? response
        : recorded(response, (text) => write({ response: { status: response.status, ...parseAnswer(text) } }));
    } catch (error) {
      await write({ error: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  };
}

function readText(body: unknown): string | undefined {
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  return typeof body === 'string' ? body : undefined;
}

/** Passes the response on as it arrives, and logs it when it has ended or the reader has left. */
function recorded(response: Response, report: (text: string) => Promise<void>): Response {
  const decoder = new TextDecoder();
  async function* copied(body: ReadableStream<Uint8Array>) {
    let text = '';
    try {
      for await (const chunk of body) {
        if (text.length < MAX_ANSWER_CHARS) text += decoder.decode(chunk, { stream: true });
        yield chunk;
      }
    } finally {
      await report(text); // also if the reader leaves in the middle
    }
  }
  const { status, statusText, headers, body } = response;
  // Node's own type of a web stream and the one of `Response` are the same object under two names.
  const copy = body === null ? null : (WebStream.from(copied(body)) as ReadableStream<Uint8Array>);
  return new Response(copy, { status, statusText, headers });
}

async function writeEntry({ folder, logger }: RequestLog, atMs: number, entry: object, key: string | undefined): Promise<void> {
  const timestamp = new Date(atMs).toISOString();
  const name = `openai-${timestamp.replace(/[:.]/g, '-')}-${randomUUID().slice(0, 8)}.json`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const text = JSON.stringify({ timestamp, ...entry }, undefined, 2);
    const secrets = key === undefined ? [] : [key, JSON.stringify(key).slice(1, -1)];
    await writeFile(join(folder, name), `${redactKeys(text, secrets)}\n`, { mode: 0o600 });
  } catch (error) {
    logger.warn('A request was not logged', { folder, error: error instanceof Error ? error.message : String(error) });
  }
}

/** The pieces of a stream one by one, any other response unchanged. */
function parseAnswer(text: string): { readonly chunks: readonly unknown[] } | { readonly body: unknown } {
  const lines = text.split(/\r?\n/).flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : []));
  return lines.length === 0 ? { body: parsed(text) } : { chunks: lines.filter((line) => line !== '[DONE]').map(parsed) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // as it arrived
  }
}
