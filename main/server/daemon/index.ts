/** The routes that programs for Qwen Code's server use. docs/daemon.md lists them with examples. */
import type { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { DaemonContext } from './daemon-context.ts';
import { fileRoutes } from './file-routes.ts';
import { infoRoutes } from './info-routes.ts';
import { toOpenApi } from './openapi.ts';
import { addRoutes } from './route.ts';
import { sessionRoutes } from './session-routes.ts';
import { workRoutes } from './work-routes.ts';

export { toHttpError } from './route.ts';
export { createSessionHub } from './session-hub.ts';

/** Source: docs/formats.md 8. Unit: bytes. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** Errors: `{ error, code? }` with a status; bodies are checked before anything is done. */
export function addDaemonRoutes(app: Hono, daemon: DaemonContext): void {
  const routes = [...infoRoutes(daemon), ...sessionRoutes(daemon), ...workRoutes(daemon), ...fileRoutes(daemon)];
  const limit = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (context) => context.json({ error: `The body is longer than ${MAX_BODY_BYTES} bytes.` }, 413),
  });
  for (const path of ['/session', '/session/*', '/sessions/*', '/permission/*']) app.use(path, limit);
  addRoutes(app, routes);
  app.get('/openapi.json', (context) => context.json(toOpenApi(routes, daemon.version)));
}
