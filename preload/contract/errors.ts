import * as z from 'zod/mini';

/**
 * Every error code that can be sent. The code is for programs; `message` is for users and says what happened,
 * to what, and what to do next.
 */
export const ERROR_CODES = [
  // the bridge itself
  'protocol_mismatch', // client and host were built from different versions
  'malformed_frame',
  'unknown_method',
  'bad_params',
  'unauthorized',
  'connection_lost',
  'not_supported', // this host does not support it (a browser has no folder dialog)
  'internal', // a bug; the log has the stack under correlationId
  'closed',
  // projects and files
  'folder_not_found',
  'not_a_folder',
  'project_unknown',
  'project_untrusted',
  'file_not_found',
  'file_unreadable',
  'file_unwritable', // no permission, a read-only disk, a file where a folder is needed; data: { path, systemCode }
  'disk_full', // also an exhausted quota; data: { path, systemCode }
  'file_changed',
  'path_outside_workspace',
  // sessions and turns
  'session_unknown',
  'session_busy', // another live process holds it, or a turn or command is already running
  'session_damaged',
  'item_unknown', // the session has no such row, or the row does not support the request
  'turn_not_running',
  'queue_full',
  'tool_limit_reached', // more tool calls than `maxToolCalls`
  'loop_detected', // the same call repeated
  // approvals
  'approval_unknown',
  'approval_stale', // the digest does not match the pending approval
  'rule_unknown', // the rule is not in that file, or the file cannot be edited here
  // tasks
  'task_unknown',
  'task_not_promotable', // it is already in the background
  'task_ended',
  'task_running', // it must end first
  'shell_not_found',
  'cwd_not_found',
  'spawn_failed',
  'viewer_unknown',
  'too_many_monitors',
  // models and keys
  'no_model',
  'model_unknown',
  'missing_api_key',
  'auth_failed',
  'permission_denied',
  'endpoint_untrusted', // a project's base URL that the user has not accepted
  'rate_limited',
  'quota_exceeded',
  'context_too_long',
  'provider_unreachable',
  'tls_failed',
  'provider_error',
  'stream_invalid',
  'timeout',
  'keyring_unavailable',
  'consent_required', // a plain-text file for keys needs explicit consent
  // MCP servers
  'mcp_server_unknown',
  'mcp_failed', // it is not running, or it refused
  // settings
  'settings_broken', // data: { path, line, column }
  'settings_unwritable',
  // slash commands
  'command_unknown',
  'command_failed', // a custom command could not be expanded to a prompt
  'cancelled',
] as const;

export const ErrorCode = z.enum(ERROR_CODES);
export type ErrorCode = z.infer<typeof ErrorCode>;

export interface ErrorFacts {
  /** The model, or the connection to it, failed. `gantry -p` prints such an error as `[API Error: ...]`, as Qwen Code does. */
  readonly isModelFailure?: true;
  /** The same request to a model may succeed later without a change, so it is sent again after a pause. */
  readonly isTransient?: true;
  /** The user may retry a failed turn. */
  readonly offersRetry?: true;
  /** The HTTP status of the server's routes; 400 if absent. */
  readonly httpStatus?: 404 | 409 | 429 | 500 | 507;
}

/** The facts about each error code, for every host; an absent code has none. */
export const ERROR_FACTS: { readonly [Code in ErrorCode]?: ErrorFacts } = {
  internal: { offersRetry: true },
  folder_not_found: { httpStatus: 404 },
  file_unwritable: { offersRetry: true, httpStatus: 500 },
  disk_full: { offersRetry: true, httpStatus: 507 },
  session_unknown: { httpStatus: 404 },
  session_busy: { httpStatus: 409 },
  queue_full: { httpStatus: 429 },
  approval_unknown: { httpStatus: 404 },
  approval_stale: { httpStatus: 409 },
  task_unknown: { httpStatus: 404 },
  model_unknown: { isModelFailure: true },
  auth_failed: { isModelFailure: true },
  permission_denied: { isModelFailure: true },
  rate_limited: { isModelFailure: true, isTransient: true, offersRetry: true },
  quota_exceeded: { isModelFailure: true },
  context_too_long: { isModelFailure: true },
  provider_unreachable: { isModelFailure: true, isTransient: true, offersRetry: true },
  tls_failed: { isModelFailure: true },
  provider_error: { isModelFailure: true, offersRetry: true },
  stream_invalid: { isModelFailure: true, isTransient: true, offersRetry: true },
  keyring_unavailable: { offersRetry: true },
  timeout: { isModelFailure: true, isTransient: true, offersRetry: true },
};

/** An error as it is sent across a process boundary. It never contains stacks or keys. */
export const WireError = z.object({
  code: ErrorCode,
  message: z.string(),
  data: z.optional(z.record(z.string(), z.unknown())),
  /** Finds the entry in the host's log; only with `internal`. */
  correlationId: z.optional(z.string()),
});
export type WireError = z.infer<typeof WireError>;
