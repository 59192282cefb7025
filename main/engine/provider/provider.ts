import type { ErrorCode, ToolKind, Usage, WireProtocol } from '../../../preload/contract/index.ts';

/**
 * One way to talk to any model. A provider never throws past its stream: whatever goes wrong is one `error` event, and
 * every stream ends with exactly one `done` or `error`.
 * Order: events come in the order the model produced them; a tool call is told once, whole, when its arguments are
 * complete (deltas of arguments are not needed by any view).
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
  /** The file's name, for people and for protocols that want one. */
  readonly name?: string;
}

/** Who can read a signature back: the same model over the same protocol. `origin` of the base URL; absent where unknown. */
export interface Signer {
  readonly protocol: WireProtocol;
  readonly modelId: string;
  readonly origin?: string;
}

/**
 * What a provider wants back unchanged with its thinking or its call. `value` is its own: a signature, or JSON of several
 * blocks, opaque to everything else. Any other signer leaves it out of its request (`signatureFor`).
 */
export interface Signature extends Signer {
  readonly value: string;
}

/** The model's history, free of any protocol. */
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
  /** Parsed arguments; what could not be parsed is `{ invalidJson: text }` in `problem`. */
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
  /** At most one per answer, after its thinking: belongs to all of it. */
  | { readonly type: 'thinking_signature'; readonly signature: Signature }
  | { readonly type: 'tool_call'; readonly call: ModelToolCall }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'done'; readonly reason: 'stop' | 'tool_calls' | 'length' | 'content_filter' }
  | { readonly type: 'error'; readonly error: ProviderFailure };

/**
 * Why a request failed, for the retry policy and for people. `message` names provider, endpoint, key variable and remedy;
 * it never holds a key. `httpStatus` is absent where no answer came.
 */
export interface ProviderFailure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly httpStatus?: number;
  /** Parsed Retry-After, in ms from now. */
  readonly retryAfterMs?: number;
  /** What the settings of the model say of trying again; absent: nothing. */
  readonly retry?: RetryWish;
}

/** Of `generationConfig`; what is absent is the program's own. Units: ms. Source: docs/formats.md 1.4. */
export interface RetryWish {
  /** Attempts after the first one. */
  readonly maxRetries?: number | undefined;
  readonly initialDelayMs?: number | undefined;
  readonly maxDelayMs?: number | undefined;
  /** HTTP statuses after which it is tried again, besides those that always are. */
  readonly statuses?: readonly number[] | undefined;
}
