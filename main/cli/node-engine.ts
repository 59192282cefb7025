import { createEngine, type Engine, type EnginePorts } from '../engine/index.ts';
import { createNodePorts } from '../local/node-ports.ts';
import { keepHeapSmall } from '../local/small-heap.ts';
import { GANTRY_VERSION } from '../local/version.ts';

/** The wait for the engine to end stops after this time. Unit: ms. */
const CLOSE_LIMIT_MS = 10_000;

export interface NodeEngineOptions {
  readonly hostKind: 'server' | 'cli';
  readonly trustedEndpoints?: readonly string[];
  /** Override the process's environment. */
  readonly overrides?: Readonly<Record<string, string | undefined>>;
  /** Override settings.json. See `EnginePorts.flags`. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly debug?: boolean;
}

export interface NodeEngine {
  readonly engine: Engine;
  readonly ports: EnginePorts;
  /** Ends all running work; returns after 10 s at the latest. */
  close(): Promise<void>;
}

/** Creates the engine of this process, with all its ports. */
export function openNodeEngine(options: NodeEngineOptions): NodeEngine {
  keepHeapSmall();
  const given = Object.entries(options.overrides ?? {}).filter(([, value]) => value !== undefined);
  const ports = createNodePorts({
    environment: { ...process.env, ...Object.fromEntries(given) },
    hostKind: options.hostKind,
    version: GANTRY_VERSION,
    trustedEndpoints: options.trustedEndpoints ?? [],
    debug: options.debug ?? false,
  });
  const engine = createEngine(options.flags === undefined ? ports : { ...ports, flags: options.flags });
  return {
    engine,
    ports,
    async close() {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, CLOSE_LIMIT_MS);
      });
      await Promise.race([engine.close(), limit]);
      clearTimeout(timer);
    },
  };
}
