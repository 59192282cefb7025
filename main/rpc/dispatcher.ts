import { randomUUID } from 'node:crypto';
import {
  type NotifyName,
  type NotifyParams,
  notifies,
  type Params,
  type RequestName,
  type Result,
  requests,
  type WireError,
} from '../../preload/contract/index.ts';
import { EngineError, type Logger, reportableError } from '../engine/index.ts';
import { redactParams } from './redact-params.ts';

/** One function for each request; the table must be complete, so a method of the contract without code does not compile. */
export type RequestHandlers = {
  readonly [M in RequestName]: (params: Params<M>) => Promise<Result<M>> | Result<M>;
};
export type NotifyHandlers = {
  readonly [N in NotifyName]: (params: NotifyParams<N>) => void;
};

export type Answer = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: WireError };

export interface Dispatcher {
  /** Never rejects: every failure is an error with a code. */
  request(method: string, params: unknown): Promise<Answer>;
  /** Unknown or malformed messages are logged and dropped: a notify has no answer. */
  notify(method: string, params: unknown): void;
}

export interface DispatcherOptions {
  readonly requestHandlers: RequestHandlers;
  readonly notifyHandlers: NotifyHandlers;
  /** Rejects a request that the user does not confirm; undefined: it needs no confirmation. */
  readonly confirm: <M extends RequestName>(method: M, params: Params<M>) => Promise<void> | undefined;
  readonly logger: Logger;
  /** Results are checked against the contract in development and tests; a shipped host trusts its own types. */
  readonly validateResults: boolean;
}

/** Turns names and unchecked values into typed calls. The contract's tables are the allow-list. */
export function createDispatcher(options: DispatcherOptions): Dispatcher {
  const { logger } = options;

  async function call<M extends RequestName>(method: M, params: unknown): Promise<Answer> {
    const parsed = requests[method].params.safeParse(params);
    if (!parsed.success) return refuse('bad_params', `${method}: ${describeIssues(parsed.error.issues)}`);
    try {
      const checked = parsed.data as Params<M>; // the schema of this method has produced it
      const confirmed = options.confirm(method, checked);
      if (confirmed !== undefined) await confirmed; // any other request begins at once, in the order of arrival
      const result = await options.requestHandlers[method](checked);
      return {
        ok: true,
        result: options.validateResults ? requests[method].result.parse(result) : result,
      };
    } catch (error) {
      return { ok: false, error: toWireError(error, method, parsed.data) };
    }
  }

  function toWireError(error: unknown, method: RequestName, params: unknown): WireError {
    const coded = reportableError(error);
    if (coded !== undefined) {
      logger.info('request refused', { method, code: coded.code });
      return coded.toWire();
    }
    const correlationId = randomUUID();
    logger.error('request failed', {
      method,
      params: redactParams(requests[method].params, params),
      correlationId,
      error,
    });
    return {
      code: 'internal',
      message: `${method} failed because of a fault in Gantry. The log has the details under ${correlationId}.`,
      correlationId,
    };
  }

  return {
    async request(method, params) {
      if (!isKeyOf(requests, method)) return refuse('unknown_method', `This host knows no request "${method.slice(0, 100)}".`);
      return call(method, params);
    },
    notify(method, params) {
      if (!isKeyOf(notifies, method)) {
        logger.warn('unknown notify', { method: method.slice(0, 100) });
        return;
      }
      runNotify(method, params, options.notifyHandlers, logger);
    },
  };
}

function runNotify<N extends NotifyName>(method: N, params: unknown, handlers: NotifyHandlers, logger: Logger): void {
  const parsed = notifies[method].safeParse(params);
  if (!parsed.success) {
    logger.warn('malformed notify', {
      method,
      issues: describeIssues(parsed.error.issues),
    });
    return;
  }
  try {
    handlers[method](parsed.data as NotifyParams<N>); // as above: this method's schema produced it
  } catch (error) {
    // A notify that comes too late (the task has ended) is normal; anything else is a fault that is logged.
    if (!(error instanceof EngineError)) logger.error('notify failed', { method, error });
  }
}

function refuse(code: WireError['code'], message: string): Answer {
  return { ok: false, error: { code, message } };
}

/** Paths and reasons without the values, which may be secret. */
function describeIssues(issues: readonly { path: PropertyKey[]; message: string }[]): string {
  return issues
    .slice(0, 5)
    .map((issue) => `${issue.path.map(String).join('.') || '(the whole)'}: ${issue.message}`)
    .join('; ');
}

function isKeyOf<T extends object>(table: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(table, key);
}
