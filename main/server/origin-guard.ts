import { isIP } from 'node:net';
import { isLoopbackHost } from '../../preload/contract/index.ts';

/** The address where the server listens. `hostname` as the user wrote it. */
export interface BoundAddress {
  readonly hostname: string;
  readonly port: number;
}

export type OriginVerdict = 'ok' | 'bad_host' | 'bad_origin';

const HTTP_PORT = 80;

/**
 * Whether a request is accepted, before any token is checked. `Host` must name this server: a foreign name means that a page
 * has pointed its own name here (DNS rebinding). If the server is bound to an address other than loopback, any IP address is
 * accepted, because rebinding needs a name. `Origin`, which browsers add to requests from scripts, must be this server's own
 * page; programs send none.
 */
export function checkOrigin(bound: BoundAddress, host: string | undefined, origin: string | undefined): OriginVerdict {
  const parsed = parseHost(host);
  if (parsed === undefined || parsed.port !== bound.port || !isOurName(bound.hostname, parsed.hostname)) return 'bad_host';
  if (origin !== undefined && origin !== `http://${host?.toLowerCase()}`) return 'bad_origin';
  return 'ok';
}

function isOurName(bound: string, named: string): boolean {
  if (isLoopbackHost(bound)) return isLoopbackHost(named);
  return named === bound.toLowerCase() || isIP(named) !== 0 || isLoopbackHost(named);
}

/** `name`, `name:port` or `[v6]:port`; a Host header contains nothing else. */
function parseHost(host: string | undefined): BoundAddress | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i.exec(host ?? '');
  const hostname = match?.[1] ?? match?.[2];
  if (hostname === undefined) return undefined;
  return { hostname: hostname.toLowerCase(), port: match?.[3] === undefined ? HTTP_PORT : Number(match[3]) };
}
