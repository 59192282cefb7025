/** A route as data: its schemas check requests and answers, and describe both to clients (`openapi.ts`). */
import type { Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { ERROR_FACTS } from '../../../preload/contract/index.ts';
import { BadInput } from '../../acp-shapes/index.ts';
import { reportableError } from '../../engine/index.ts';

export interface RouteInput<Q, B> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Q;
  readonly body: B;
  /** As the client has named itself. */
  readonly clientId: string | undefined;
  readonly context: Context;
}

/** `answer`: absent for 204; a string is a media type that `run` answers itself. */
interface RouteSpec<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType> {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  readonly path: string;
  readonly summary: string;
  readonly query?: Q;
  readonly body?: B;
  readonly answer?: A | 'text/event-stream';
  readonly status?: 200 | 202;
  readonly run: (
    input: RouteInput<z.infer<Q>, z.infer<B>>,
  ) => Promise<z.input<A> | Response | undefined> | z.input<A> | Response | undefined;
}

export interface Route extends Omit<RouteSpec<z.ZodType, z.ZodType, z.ZodType>, 'run'> {
  readonly handle: (context: Context) => Promise<Response>;
}

export const ErrorBody = z.looseObject({ error: z.string(), code: z.string().optional() });

/** An answer that is not a success, in the form of Qwen Code's server. */
export class HttpFault extends Error {
  readonly status: ContentfulStatusCode;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(status: ContentfulStatusCode, message: string, more: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.body = { error: message, ...more };
  }
}

export function noSession(sessionId: string): HttpFault {
  const id = sessionId.slice(0, 300);
  return new HttpFault(404, `No session with id "${id}"`, { code: 'session_not_found', sessionId: id });
}

export function route<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(spec: RouteSpec<Q, B, A>): Route {
  const { query, body, answer, status = 200, run } = spec;
  return {
    ...spec,
    async handle(context) {
      const given = context.req.header('x-qwen-client-id');
      const result = await run({
        params: context.req.param(),
        query: query === undefined ? (undefined as never) : check(query, context.req.query(), 'query parameter'),
        body: body === undefined ? (undefined as never) : check(body, await readJson(context), 'body'),
        clientId: given !== undefined && given.length <= 200 ? given : undefined,
        context,
      });
      if (result instanceof Response) return result;
      if (answer === undefined || typeof answer === 'string') return context.body(null, 204);
      return Response.json(answer.parse(result), { status });
    },
  };
}

export function addRoutes(app: Hono, routes: readonly Route[]): void {
  for (const { method, path, handle } of routes) app.on(method.toUpperCase(), path, handle);
}

async function readJson(context: Context): Promise<unknown> {
  const text = await context.req.text();
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new BadInput('The body is not JSON.');
  }
}

function check<S extends z.ZodType>(schema: S, value: unknown, what: string): z.infer<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BadInput(parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.') || what}: ${message}`).join('; '));
}

/** Maps a route's error to its HTTP response; undefined for an internal error. */
export function toHttpError(error: unknown): { readonly status: ContentfulStatusCode; readonly body: object } | undefined {
  if (error instanceof HttpFault) return { status: error.status, body: error.body };
  if (error instanceof BadInput) return { status: 400, body: { error: error.message, code: 'invalid_request' } };
  const coded = reportableError(error);
  if (coded !== undefined) return { status: ERROR_FACTS[coded.code]?.httpStatus ?? 400, body: { error: coded.message, code: coded.code } };
  return undefined;
}
