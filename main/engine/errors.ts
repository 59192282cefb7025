import { defined, type ErrorCode, type WireError } from '../../preload/contract/index.ts';

/**
 * A caller's fault or the environment's, with a code of the contract.
 * `message` is shown to people: what happened, to what, what to do next. `data` crosses the wire and holds no secret;
 * `cause` stays in the log.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: ErrorCode;
  readonly data: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; data?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.data = options.data;
  }

  toWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      ...defined({ data: this.data }),
    };
  }
}
