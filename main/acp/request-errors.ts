/** The errors of ACP requests: what went wrong, to what, and what to do next, with the codes of Qwen Code. */
import { RequestError } from '@agentclientprotocol/sdk';
import type { ErrorCode } from '../../preload/contract/index.ts';
import { BadInput } from '../acp-shapes/index.ts';
import { type Logger, reportableError } from '../engine/index.ts';

const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;
const NOT_FOUND = -32002;
/** The editor offers to sign in. */
const AUTH_REQUIRED = -32000;

const CODES: { readonly [Code in ErrorCode]?: number } = {
  bad_params: INVALID_PARAMS,
  folder_not_found: INVALID_PARAMS,
  not_a_folder: INVALID_PARAMS,
  model_unknown: INVALID_PARAMS,
  session_unknown: NOT_FOUND,
  no_model: AUTH_REQUIRED,
  missing_api_key: AUTH_REQUIRED,
};

export function invalidParams(message: string): RequestError {
  return RequestError.invalidParams(undefined, message);
}

/** `data.details` has the message too: that is where clients of Qwen Code look. */
export function failed(code: ErrorCode, message: string): RequestError {
  return new RequestError(CODES[code] ?? INTERNAL_ERROR, message, { details: message, errorKind: code });
}

/** There is no such session in the folder. */
export function unknownSession(sessionId: string): RequestError {
  return RequestError.resourceNotFound(`session:${sessionId.slice(0, 300)}`);
}

/** A request for a session that this connection has not opened. */
export function sessionNotOpen(sessionId: string): RequestError {
  return failed('internal', `Session not found: ${sessionId}`);
}

/** A fault is logged and hidden from the client. */
export function toRequestError(error: unknown, logger: Logger): RequestError {
  if (error instanceof RequestError) return error;
  if (error instanceof BadInput) return invalidParams(error.message);
  const coded = reportableError(error);
  if (coded !== undefined) return failed(coded.code, coded.message);
  logger.error('An ACP request failed', { error: error instanceof Error ? error.stack : String(error) });
  return failed('internal', 'A fault in Gantry; its log has the details.');
}
