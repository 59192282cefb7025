/** A model on loopback that streams one answer of any length in chunks, and keeps no more of it than a chunk. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StreamingModel {
  readonly baseUrl: string;
  stop(): Promise<void>;
}

/** `chunk` returns the text of each chunk, and undefined at the end. */
export async function startStreamingModel(chunk: (at: number) => string | undefined): Promise<StreamingModel> {
  const server = createServer(async (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = async (choice: object) => {
      const event = { id: 'chat', object: 'chat.completion.chunk', created: 0, model: 'scripted', choices: [{ index: 0, ...choice }] };
      if (!response.write(`data: ${JSON.stringify(event)}\n\n`)) await once(response, 'drain');
    };
    for (let at = 0, text = chunk(at); text !== undefined && !response.destroyed; text = chunk((at += 1))) {
      await send({ delta: { role: 'assistant', content: text }, finish_reason: null });
    }
    await send({ delta: {}, finish_reason: 'stop' });
    response.end('data: [DONE]\n\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A part of a long report in Markdown; `Chapter <at>` is its heading. */
export function chapter(at: number, chars = 16_000): string {
  const paragraph = `A paragraph of chapter ${at} with \`code\`, **weight** and a [link](https://example.org). `;
  return `\n\n## Chapter ${at}\n\n${paragraph
    .repeat(Math.ceil(chars / 8 / paragraph.length))
    .concat('\n\n')
    .repeat(8)}`;
}
