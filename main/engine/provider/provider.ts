import type { ErrorCode, RequestProblem, ToolKind, Usage, WireProtocol } from '../../../preload/contract/index.ts';

/**
 * One interface to any model. A provider never throws past its stream: any failure is one `error` event, and every stream ends
 * with exactly one `done` or `error`.
 * Order: events arrive in the order the model produced them; a tool call is emitted once, complete, when its arguments are
 * complete (no view needs deltas of arguments).
 */
export interface ModelProvider {
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<StreamEvent>;
}

export interface ModelRequest {
  readonly modelId: string;
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolSchema[];
  readonly maxOutputTokens?: number;
}

export type { WireProtocol };

/** An image or a document inside a message. `data` is base64 without any prefix; `mimeType` as `image/png`, `application/pdf`. */
export interface MediaPart {
  readonly mimeType: string;
  readonly data: string;
  /** The file's name, for people and for protocols that require one. */
  readonly name?: string;
}

/**
 * Identifies what can read a signature back: the same model over the same protocol. `origin` of the base URL; absent if unknown.
 */
export interface Signer {
  readonly protocol: WireProtocol;
  readonly modelId: string;
  readonly origin?: string;
}

/**
 * What a provider requires back unchanged with its thinking or its call. `value` has a format of its own: a signature, or JSON of
 * several blocks, opaque to all other code. Any other signer omits it from its request (`signatureFor`).
 */
export interface Signature extends Signer {
  readonly value: string;
}

/** The model's history, independent of any protocol. */
export type ModelMessage =
  | { readonly role: 'user'; readonly text: string; readonly media?: readonly MediaPart[] }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly thinking: string;
      readonly thinkingSignature?: Signature;
      readonly toolCalls: readonly ModelToolCall[];
    }
  | { readonly role: 'tool'; readonly results: readonly ModelToolResult[] };

export interface ModelToolCall {
  readonly id: string;
  readonly name: string;
  /** Parsed arguments; unparsable ones are `{ invalidJson: text }`, with a `problem`. */
  readonly input: Record<string, unknown>;
  readonly problem?: string;
  readonly signature?: Signature;
}

export interface ModelToolResult {
  readonly callId: string;
  readonly name: string;
  readonly text: string;
  readonly isError: boolean;
  readonly media?: readonly MediaPart[];
}

export interface ToolSchema {
  readonly name: string;
  readonly description: string;
  readonly kind: ToolKind;
  /** JSON Schema of an object. */
  readonly parameters: Record<string, unknown>;
}

export type StreamEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  /** At most one per answer, after its thinking: belongs to the whole answer. */
  | { readonly type: 'thinking_signature'; readonly signature: Signature }
  | { readonly type: 'tool_call'; readonly call: ModelToolCall }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'done'; readonly reason: 'stop' | 'tool_calls' | 'length' | 'content_filter' }
  | { readonly type: 'error'; readonly error: ProviderFailure };

/**
 * Why a request failed, for the retry policy and for people. `message` names provider, endpoint, key variable and remedy; it
 * never contains a key. `httpStatus` is absent if there was no response.
 */
export interface ProviderFailure {
  readonly code: ErrorCode;
  readonly message: string;
  /** The message as data, for failures that are usually retried. */
  readonly problem?: RequestProblem;
  readonly httpStatus?: number;
  /** Parsed Retry-After, in ms from now. */
  readonly retryAfterMs?: number;
  /** What the settings of the model say about retries; absent: nothing. */
  readonly retry?: RetryOptions;
}

/** From `generationConfig`; an absent member means the default. Units: ms. Source: docs/formats.md 1.4. */
export interface RetryOptions {
  /** Attempts after the first one. */
  readonly maxRetries?: number | undefined;
  readonly initialDelayMs?: number | undefined;
  readonly maxDelayMs?: number | undefined;
  /** Additional HTTP statuses that are retried. */
  readonly statuses?: readonly number[] | undefined;
}
