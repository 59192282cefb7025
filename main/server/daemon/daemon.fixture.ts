/** A server on a real engine with a scripted model, and a client of its routes. */
import { expect, onTestFinished } from 'vitest';
import { type ServerFixtureOptions, startTestServer } from '../server.fixture.ts';

export interface SentEvent {
  readonly id?: number;
  readonly type: string;
  readonly promptId?: string;
  readonly originatorClientId?: string;
  readonly data: Record<string, unknown>;
}

export async function startDaemon(options: ServerFixtureOptions = {}) {
  const clock = { now: () => Date.now(), after: (ms: number, run: () => void) => clearLater(setTimeout(run, ms)) };
  const { engine, questions, server, auth } = await startTestServer(options, clock);

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: { ...auth, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  }

  /** Events of a session, from the stream; `until` resolves with the first of this type that fits. */
  async function follow(sessionId: string, headers: Record<string, string> = { 'last-event-id': '0' }) {
    const stop = new AbortController();
    const response = await fetch(`${server.url}/session/${sessionId}/events`, { headers: { ...auth, ...headers }, signal: stop.signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events: SentEvent[] = [];
    const waiting = new Set<() => void>();
    const reading = (async () => {
      let rest = '';
      for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const frames = (rest + piece).split('\n\n');
        rest = frames.pop() ?? '';
        for (const frame of frames) {
          const data = /^data: (.*)$/m.exec(frame)?.[1];
          if (data !== undefined) events.push(JSON.parse(data) as SentEvent);
        }
        for (const check of [...waiting]) check();
      }
    })().catch(() => undefined);
    onTestFinished(() => stop.abort());
    return {
      events,
      epoch: response.headers.get('x-qwen-event-epoch') ?? '',
      until: (type: string, fits: (event: SentEvent) => boolean = () => true) =>
        new Promise<SentEvent>((resolve) => {
          const check = () => {
            const found = events.find((event) => event.type === type && fits(event));
            if (found === undefined) return;
            waiting.delete(check);
            resolve(found);
          };
          waiting.add(check);
          check();
        }),
      async stop() {
        stop.abort();
        await reading;
      },
    };
  }

  return {
    ...{ engine, server, questions, auth, call, follow },
    open: async (body: object = {}) =>
      (await call('POST', '/session', { cwd: engine.root, ...body })).body as { sessionId: string; clientId: string },
    prompt: async (sessionId: string, text: string, headers?: Record<string, string>) =>
      (await call('POST', `/session/${sessionId}/prompt`, { prompt: [{ type: 'text', text }] }, headers)).body as { promptId: string },
  };
}

function clearLater(timer: NodeJS.Timeout): () => void {
  return () => clearTimeout(timer);
}
