/** The Agent Client Protocol: Gantry as the agent of an editor. Loaded only by `gantry --acp` and by the first client of `/acp`. */
import { createAcpAgent } from './acp-agent.ts';
import type { AcpHost } from './acp-host.ts';
import { createLineStream } from './line-stream.ts';

export type { AcpHost } from './acp-host.ts';
export { type AcpEndpoint, createAcpEndpoint } from './acp-server.ts';

/** Serves one client over lines of JSON. Resolves when its input has ended; its sessions stay open in the engine. */
export async function serveLines(host: AcpHost, input: AsyncIterable<Uint8Array>, write: (text: string) => Promise<void>): Promise<void> {
  await createAcpAgent(host).connect(createLineStream(input, write)).closed;
}
