/**
 * MCP servers that a program brings with `initialize`: those inside the program, whose messages are control requests to it, and
 * others, in the shape of `mcpServers` of the settings. Source: docs/formats.md 3.4; the names are wire names.
 */
import type { ProjectId } from '../../../preload/contract/index.ts';
import type { Clock, Engine } from '../../engine/index.ts';
import type { ControlOutput } from '../output/output-message.ts';
import { isRecord } from '../small-json.ts';
import type { ControlPayload } from './control-message.ts';

/** How long the program may take for one message, unless its server has its own limit. Unit: ms. */
const DELIVERY_MS = 600_000;

export interface ClientServersDeps {
  readonly engine: Engine;
  readonly projectId: ProjectId;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly send: (message: ControlOutput) => void;
}

export interface ClientServers {
  /** Adds the servers of `initialize`. Errors: `EngineError`. */
  add(payload: ControlPayload): Promise<void>;
  /** True if this was a request of ours. */
  answered(requestId: string, answer: Readonly<Record<string, unknown>> | undefined, error: string | undefined): boolean;
  /** No answer can arrive any more. */
  close(): void;
}

interface Delivery {
  settle(answer: Readonly<Record<string, unknown>> | undefined, error: string | undefined): void;
}

export function createClientServers({ engine, projectId, clock, newId, send }: ClientServersDeps): ClientServers {
  const deliveries = new Map<string, Delivery>();
  let isClosed = false;

  function deliver(server_name: string, message: object): Promise<unknown> {
    if (isClosed) return Promise.reject(new Error(INPUT_ENDED));
    const requestId = newId();
    return new Promise((resolve, reject) => {
      const stopTimer = clock.after(DELIVERY_MS, () => delivery.settle(undefined, `no answer within ${DELIVERY_MS / 1000} s`));
      const delivery: Delivery = {
        settle(answer, error) {
          if (!deliveries.delete(requestId)) return;
          stopTimer();
          if (answer === undefined) reject(new Error(`The program could not pass it on: ${error ?? 'no reason given'}`));
          else resolve(answer['mcp_response']);
        },
      };
      deliveries.set(requestId, delivery);
      send({ type: 'control_request', request_id: requestId, request: { subtype: 'mcp_message', server_name, message } });
    });
  }

  return {
    async add({ sdkMcpServers, mcpServers }) {
      const inside = Object.entries(isRecord(sdkMcpServers) ? sdkMcpServers : {}).map(([key, value]) => nameOf(key, value));
      const outside = Object.entries(isRecord(mcpServers) ? mcpServers : {}).flatMap(([name, value]) =>
        isRecord(value) ? [{ name, value }] : [],
      );
      await engine.mcp.attach(projectId, [
        ...inside.map((name) => ({ name, deliver: (message: object) => deliver(name, message) })),
        ...outside,
      ]);
    },
    answered(requestId, answer, error) {
      const delivery = deliveries.get(requestId);
      delivery?.settle(answer, error);
      return delivery !== undefined;
    },
    close() {
      isClosed = true;
      for (const delivery of [...deliveries.values()]) delivery.settle(undefined, INPUT_ENDED);
    },
  };
}

const INPUT_ENDED = 'Standard input has ended, so no answer can arrive.';

function nameOf(key: string, value: unknown): string {
  const name = isRecord(value) && typeof value['name'] === 'string' ? value['name'].trim() : '';
  return name === '' ? key : name;
}
