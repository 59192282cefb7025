import { realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { readRegularFile } from '../engine/lib/regular-file.ts';

/** The page that every host serves: its files, their types and their content security policy. */
export interface PageFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
  '.map': 'application/json; charset=utf-8',
};

/**
 * The page may load only its own files, in every host. Inline styles are allowed for xterm, which places its cells
 * with them; `data:` images for prompts. The policy is defined only here.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The build writes this into the page (vite.config.ts), so that it applies in every host. A page cannot set `frame-ancestors`. */
export const META_POLICY = CONTENT_SECURITY_POLICY.split('; ')
  .filter((directive) => !directive.startsWith('frame-ancestors'))
  .join('; ');

/** The headers of every response. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

/**
 * Serves the page's files, `/` and `/assets/*`, only from the built renderer.
 * Returns undefined for any other path, for one that leads out of the folder (by `..`, encoded or not, or by a symbolic
 * link) and for a missing file.
 */
export async function readPageFile(root: string, urlPath: string): Promise<PageFile | undefined> {
  const relative = toRelativePath(urlPath);
  if (relative === undefined) return undefined;
  try {
    const realRoot = await realpath(root);
    const path = await realpath(join(realRoot, relative));
    if (!path.startsWith(realRoot + sep)) return undefined;
    const bytes = new Uint8Array(await readRegularFile(path));
    return { bytes, headers: headersFor(relative) };
  } catch {
    return undefined; // missing, a folder, or unreadable: a client sees all of them as not found
  }
}

function toRelativePath(urlPath: string): string | undefined {
  if (urlPath === '/') return 'index.html';
  if (!urlPath.startsWith('/assets/')) return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath.slice(1));
  } catch {
    return undefined; // not a valid encoding
  }
  const parts = decoded.split('/');
  const isPlain =
    parts.every((part) => part !== '' && part !== '.' && part !== '..') && !decoded.includes('\\') && !decoded.includes('\u0000');
  return isPlain ? decoded : undefined;
}

function headersFor(relative: string): Record<string, string> {
  return {
    'content-type': CONTENT_TYPES[extname(relative).toLowerCase()] ?? 'application/octet-stream',
    // The bundler names assets by their content; the page that lists them must always be fetched again.
    'cache-control': relative === 'index.html' ? 'no-store' : 'public, max-age=31536000, immutable',
  };
}
