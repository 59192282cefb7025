/**
 * Which proxy a request goes through. Pure.
 * Order: the command line and the settings, then HTTPS_PROXY and HTTP_PROXY; NO_PROXY says for which hosts none is used. What
 * listens on this machine is never asked through a proxy, which could not find it. Source: docs/formats.md 1.5, 3.1.
 */
import { isLoopbackHost } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { Environment } from '../ports.ts';

export interface ProxySettings {
  /** Of the settings; absent: the environment's. */
  readonly proxy: string | undefined;
  /** The user's own: a folder does not say where requests go through. */
  readonly environment: Environment;
}

/** Undefined: straight to the host. Errors: `settings_broken` where what is written is no address: then nothing must be sent past it. */
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

/** `example.com`, `.example.com` and `*.example.com` mean the host and those below it; `host:8080` that port only; `*` all. */
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
