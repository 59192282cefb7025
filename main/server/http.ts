import type { IncomingMessage } from 'node:http';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { bearerToken, tokenMatches } from './access-token.ts';
import { type BoundAddress, checkOrigin, type OriginVerdict } from './origin-guard.ts';
import { readPageFile, SECURITY_HEADERS } from '../local/page-files.ts';

export interface HttpOptions {
  /** Known once the socket listens, so it is read at each request. */
  readonly bound: () => BoundAddress;
  readonly token: string;
  readonly rendererRoot: string;
  /** Adds the routes that need the token. */
  readonly addRoutes: (app: Hono) => void;
  /** Maps a route's error to its HTTP response; undefined for an internal error. */
  readonly toHttpError: (error: unknown) => { readonly status: ContentfulStatusCode; readonly body: object } | undefined;
  readonly onFault: (error: unknown) => void;
}

/**
 * The HTTP side: guard, public page, token, routes, in this order.
 * Errors: every refusal is `{ error }` in JSON; a fault answers 500 without its details, which go to `onFault`.
 */
export function createHttpApp(options: HttpOptions): Hono {
  const app = new Hono();

  app.use(async (context, next) => {
    const verdict = checkOrigin(options.bound(), context.req.header('host'), context.req.header('origin'));
    if (verdict === 'ok') await next();
    else context.res = context.json({ error: describeVerdict(verdict) }, 403);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) context.res.headers.set(name, value);
  });

  app.get('/health', (context) => context.json({ status: 'ok' }));

  app.get('/', async (context) => {
    const page = await readPageFile(options.rendererRoot, '/');
    return page === undefined
      ? context.text('The page has not been built. Run `npm run build`, then load it again.', 503)
      : context.body(page.bytes, 200, page.headers);
  });
  app.get('/assets/*', async (context) => {
    const file = await readPageFile(options.rendererRoot, context.req.path);
    return file === undefined ? context.json({ error: 'Not found' }, 404) : context.body(file.bytes, 200, file.headers);
  });

  app.use(async (context, next) => {
    if (tokenMatches(options.token, bearerToken(context.req.header('authorization')))) return next();
    return context.json({ error: 'The access token is missing or wrong.' }, 401, { 'www-authenticate': 'Bearer' });
  });
  options.addRoutes(app);

  app.notFound((context) => context.json({ error: 'Not found' }, 404));
  app.onError((error, context) => {
    const mapped = options.toHttpError(error);
    if (mapped !== undefined) return context.json(mapped.body, mapped.status);
    options.onFault(error);
    return context.json({ error: 'A fault in Gantry; its log has the details.' }, 500);
  });
  return app;
}

/** The same guard for a request that wants to become a WebSocket. */
export function checkUpgrade(bound: BoundAddress, request: IncomingMessage): OriginVerdict {
  return checkOrigin(bound, request.headers.host, request.headers.origin);
}

export function describeVerdict(verdict: Exclude<OriginVerdict, 'ok'>): string {
  return verdict === 'bad_host' ? 'Invalid Host header' : 'Requests from other sites are refused';
}
