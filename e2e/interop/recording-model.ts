/** A chat completions server on loopback that keeps every request unchanged and answers as scripted. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SentMessage {
  readonly role: string;
  readonly content?: string | readonly { readonly type?: string; readonly text?: string }[] | null;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } }[];
  readonly tool_call_id?: string;
}

export interface SentRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly [field: string]: unknown; readonly messages: readonly SentMessage[] };
  /** Resolves when the client has closed the connection of a silent answer, with the time that took. Unit: ms. */
  readonly givenUp: Promise<number>;
}

export interface Answer {
  readonly thinking?: string;
  readonly text?: string;
  readonly calls?: readonly { readonly id: string; readonly name: string; readonly input: object }[];
  /** Refused with this status instead. */
  readonly status?: number;
  /** Sent once this has resolved. */
  readonly after?: Promise<void>;
  /** Never answered at all. */
  readonly silent?: boolean;
  /** Reported as the prompt's size. Unit: tokens. */
  readonly promptTokens?: number;
  /** The answer is sent in pieces of this size with a pause between them. Units: UTF-16 code units, ms. */
  readonly slow?: { readonly chars: number; readonly pauseMs: number };
}

export interface RecordingModel {
  /** Without a path. */
  readonly url: string;
  readonly requests: SentRequest[];
  answer: (request: SentRequest) => Answer;
  /** Resolves when the next request has arrived. */
  nextRequest(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRecordingModel(): Promise<RecordingModel> {
  const requests: SentRequest[] = [];
  let tellNext = () => {};
  const model = { requests, answer: (_request: SentRequest): Answer => ({ text: 'Noted.' }) };
  const server = createServer(async (incoming, response) => {
    const startedAt = performance.now();
    const givenUp = new Promise<number>((resolve) => response.on('close', () => resolve(performance.now() - startedAt)));
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(Buffer.from(part));
    const request: SentRequest = {
      path: incoming.url ?? '',
      headers: incoming.headers,
      body: JSON.parse(Buffer.concat(parts).toString('utf8') || '{"messages":[]}'),
      givenUp,
    };
    requests.push(request);
    tellNext();
    await send(response, model.answer(request), request.body['stream'] === true, String(request.body['model']));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return Object.assign(model, {
    url: `http://127.0.0.1:${port}`,
    nextRequest: () => new Promise<void>((resolve) => (tellNext = resolve)),
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

async function send(response: ServerResponse, answer: Answer, streams: boolean, model: string): Promise<void> {
  response.on('error', () => undefined); // the client may have disconnected
  if (answer.silent === true) return;
  await answer.after;
  if (answer.status !== undefined) {
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: `refused with ${answer.status}`, type: 'invalid_request_error' } }));
    return;
  }
  const calls = (answer.calls ?? []).map(({ id, name, input }, index) => ({
    index,
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }));
  const finish_reason = calls.length > 0 ? 'tool_calls' : 'stop';
  const prompt_tokens = answer.promptTokens ?? 100;
  const usage = { prompt_tokens, completion_tokens: 20, total_tokens: prompt_tokens + 20 };
  const common = { id: 'answer', created: 1, model };
  if (!streams) {
    const message = { role: 'assistant', content: answer.text ?? '', ...(calls.length > 0 ? { tool_calls: calls } : {}) };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ...common, object: 'chat.completion', choices: [{ index: 0, message, finish_reason }], usage }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (choices: readonly object[], rest: object = {}) =>
    void response.write(`data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices, ...rest })}\n\n`);
  const delta = (value: object) => chunk([{ index: 0, delta: value, finish_reason: null }]);
  delta({ role: 'assistant', content: '' });
  if (answer.thinking !== undefined) delta({ reasoning_content: answer.thinking });
  for (const piece of pieces(answer)) {
    if (response.destroyed) return;
    delta({ content: piece });
    if (answer.slow !== undefined) await new Promise((resolve) => setTimeout(resolve, answer.slow?.pauseMs));
  }
  if (calls.length > 0) delta({ tool_calls: calls });
  chunk([{ index: 0, delta: {}, finish_reason }]);
  chunk([], { usage });
  response.end('data: [DONE]\n\n');
}

function pieces({ text = '', slow }: Answer): readonly string[] {
  if (slow === undefined) return text === '' ? [] : [text];
  return Array.from({ length: Math.ceil(text.length / slow.chars) }, (_unused, index) =>
    text.slice(index * slow.chars, (index + 1) * slow.chars),
  );
}
