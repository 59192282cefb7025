/** Explains the failure of a server, for people and for the model: what happened, to what, what to do next. Pure. */
import type { Sdk } from './sdk.ts';
import type { McpServerConfig } from './server-config.ts';
import { plainText } from './tool-listing.ts';

/** `error` and `remedy` are for people. */
export type ConnectionState =
  | { readonly kind: 'stopped' | 'connecting' | 'ready' }
  | { readonly kind: 'failed' | 'needs_sign_in'; readonly error: string; readonly remedy: string };

/** For the model and for people: what happened, to which server, what to do next. */
export class McpFailure extends Error {
  override readonly name = 'McpFailure';
}

/** What is known about a failed run. */
export interface FailedRun {
  readonly sdk?: Sdk;
  readonly tail: { lines(): readonly string[] };
  /** Why it ended, if we know better than the library. */
  readonly why?: () => string | undefined;
}

export function tooSlow({ discoveryMs }: McpServerConfig): string {
  return `It did not answer within ${discoveryMs / 1000} s.`;
}

export function tooQuiet({ name, idleMs }: McpServerConfig): string {
  return `The MCP server ${name} sent nothing for ${idleMs / 1000} s, so the call was abandoned. mcp.toolIdleTimeoutMs sets the limit.`;
}

const STATUS_OF_NO_KEY: ReadonlySet<unknown> = new Set([401, 403]);

export function toFailure(error: unknown, run: FailedRun, { transport, discoveryMs }: McpServerConfig): ConnectionState {
  const why = run.why?.();
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const isUnauthorized = code === 401 || (run.sdk !== undefined && error instanceof run.sdk.UnauthorizedError);
  if (isUnauthorized && transport.kind !== 'stdio' && transport.kind !== 'client')
    return {
      kind: 'needs_sign_in',
      error: 'It requires authentication.',
      remedy: 'Sign in, or add a header with a token in the settings.',
    };
  if (code === 'ENOENT' && transport.kind === 'stdio')
    return {
      kind: 'failed',
      error: `The program ${transport.command} was not found.`,
      remedy: 'Install it, or correct its command in the settings; then restart it.',
    };
  const said = why ?? (error instanceof Error ? plainText(rootMessage(error), 400) : String(error));
  const remedy = STATUS_OF_NO_KEY.has(code)
    ? 'Check its headers in the settings, then restart it.'
    : transport.kind === 'stdio'
      ? 'Look at its output, check its command in the settings, then restart it.'
      : transport.kind === 'invalid' || transport.kind === 'client'
        ? 'Then restart it.'
        : 'Check its address and whether it is running, then restart it.';
  const slow = error instanceof McpFailure && error.message.startsWith('It did not answer');
  return { kind: 'failed', error: said, remedy: slow ? `${remedy} discoveryTimeoutMs (now ${discoveryMs}) sets the limit.` : remedy };
}

/** `fetch failed` says nothing; its cause does. */
function rootMessage(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

export function callFailure(error: unknown, run: FailedRun, { name, callMs }: McpServerConfig): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const why = run.why?.();
  if (why !== undefined || code === -32_000) {
    const last = run.tail.lines().at(-1);
    const said = last === undefined ? '' : ` Its last output: ${last}`;
    return `The MCP server ${name} has ended. ${why ?? 'The connection was closed.'}${said} It can be restarted in the settings.`;
  }
  if (code === -32_001) return `The MCP server ${name} did not answer within ${callMs / 1000} s.`;
  const message = error instanceof Error ? rootMessage(error) : String(error);
  return `The MCP server ${name} refused: ${plainText(message.replace(/^MCP error -?\d+: /, ''), 2_000)}`;
}

/** A remote server ends without notice: the next call discovers it. */
export function lostAddress(error: unknown): string | undefined {
  if (error instanceof TypeError) return `It cannot be reached (${plainText(rootMessage(error), 200)}).`;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 404 ? 'It no longer recognizes this connection.' : undefined;
}

export function describeState(state: ConnectionState): string {
  if ('error' in state) return `${state.error} ${state.remedy}`;
  return state.kind === 'connecting' ? 'It is still starting; try again in a moment.' : 'It can be started in the settings.';
}
