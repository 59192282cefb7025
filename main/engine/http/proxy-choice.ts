/**
 * Selects the proxy for a request. Pure.
 * Order: the command line and the settings, then HTTPS_PROXY and HTTP_PROXY; NO_PROXY lists the hosts without a proxy. Servers on
 * this machine are never requested through a proxy, which could not reach them. Source: docs/formats.md 1.5, 3.1.
 */
import { isLoopbackHost } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { Environment } from '../ports.ts';

export interface ProxySettings {
  /** From the settings; absent: the environment's. */
  readonly proxy: string | undefined;
  /** Only the user's own: a folder cannot set the proxy. */
  readonly environment: Environment;
}

/** Undefined: a direct connection. Errors: `settings_broken` if the value is not an address: then no request must bypass it. */
export function proxyFor(target: URL, { proxy, environment }: ProxySettings): URL | undefined {
  const either = (name: string) => environment[name.toLowerCase()]?.trim() || environment[name]?.trim() || undefined;
  const ofEnvironment = (target.protocol === 'https:' ? either('HTTPS_PROXY') : undefined) ?? either('HTTP_PROXY');
  const written = proxy ?? ofEnvironment;
  if (written === undefined || isLoopbackHost(target.hostname) || isExempt(target, either('NO_PROXY') ?? '')) return undefined;
  const url = URL.parse(written.includes('://') ? written : `http://${written}`);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  const where = proxy === undefined ? 'HTTPS_PROXY or HTTP_PROXY' : 'The setting proxy';
  throw new EngineError('settings_broken', `${where} does not name a proxy that begins with http:// or https://. Nothing was sent.`);
}

/** Without its credentials. */
export function shownProxy({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

/** `example.com`, `.example.com` and `*.example.com` mean the host and its subdomains; `host:8080` only that port; `*` all. */
function isExempt({ hostname, port, protocol }: URL, list: string): boolean {
  const ownPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = '', onlyPort] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      return (onlyPort === undefined || onlyPort === ownPort) && (hostname === name || hostname.endsWith(`.${name}`));
    });
}
