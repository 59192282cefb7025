import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { protocol } from 'electron';

export const APP_ORIGIN = 'app://gantry';
export const APP_URL = `${APP_ORIGIN}/`;

/** The page's own files and nothing else; inline style is xterm's and the highlighter's, `blob:` is for bundled workers. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** `app://` is a real origin: storage, workers and `'self'` work on it. Order: before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built page from `root`. Every answer carries the policy, refusals too. */
export function serveApp(root: string): void {
  protocol.handle('app', async (request) => {
    const file = request.method === 'GET' ? await findFile(root, request.url) : undefined;
    const headers = { 'content-security-policy': CONTENT_SECURITY_POLICY, 'x-content-type-options': 'nosniff' };
    if (file === undefined) return new Response('Not found', { status: 404, headers });
    const type = CONTENT_TYPES[extname(file)] ?? 'application/octet-stream';
    return new Response(new Uint8Array(await readFile(file)), { headers: { ...headers, 'content-type': type } });
  });
}

/** The file behind an address, or undefined for another host, for what is not there and for what lies outside of `root`. */
async function findFile(root: string, address: string): Promise<string | undefined> {
  const url = new URL(address);
  if (url.host !== new URL(APP_URL).host) return undefined;
  try {
    const realRoot = await realpath(root);
    const path = await realpath(join(realRoot, url.pathname === '/' ? 'index.html' : decodeURIComponent(url.pathname)));
    return path.startsWith(realRoot + sep) && extname(path) !== '' ? path : undefined;
  } catch {
    return undefined; // missing, or no encoding of anything: to the page both are "not there"
  }
}

/** Whether an address belongs to our page. A prefix is not enough: app://gantry.evil is another host. */
export function isAppUrl(address: string): boolean {
  return address === APP_ORIGIN || address.startsWith(APP_URL);
}
