import { protocol } from 'electron';
import { CONTENT_SECURITY_POLICY, readPageFile } from '../local/page-files.ts';

export const APP_ORIGIN = 'app://gantry';
export const APP_URL = `${APP_ORIGIN}/`;

/** `app://` is a real origin: storage, workers and `'self'` work on it. Order: call it before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the built page from `root`. Every response has the policy, including refusals. */
export function serveApp(root: string): void {
  protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    const isOurs = request.method === 'GET' && url.host === new URL(APP_URL).host;
    const file = isOurs ? await readPageFile(root, url.pathname) : undefined;
    const headers = { 'content-security-policy': CONTENT_SECURITY_POLICY, 'x-content-type-options': 'nosniff' };
    if (file === undefined) return new Response('Not found', { status: 404, headers });
    return new Response(file.bytes, { headers: { ...headers, ...file.headers } });
  });
}

/** Whether an address belongs to our page. A prefix is not enough: app://gantry.evil is another host. */
export function isAppUrl(address: string): boolean {
  return address === APP_ORIGIN || address.startsWith(APP_URL);
}
