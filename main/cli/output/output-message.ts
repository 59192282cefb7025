/** What `--output-format json` and `stream-json` print. Source: docs/formats.md 3.2; the names are wire names. */

export interface InitMessage {
  readonly type: 'system';
  readonly subtype: 'init';
  readonly uuid: string;
  readonly session_id: string;
  readonly cwd: string;
  readonly tools: readonly string[];
  readonly mcp_servers: readonly { readonly name: string; readonly status: string }[];
  readonly model: string;
  readonly permission_mode: string;
  readonly slash_commands: readonly string[];
  readonly qwen_code_version: string;
  readonly agents: readonly string[];
}

export type ContentBlock =
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

/** Units: tokens. */
export interface MessageUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_input_tokens?: number;
  readonly total_tokens?: number;
}

export interface AssistantMessage {
  readonly type: 'assistant';
  readonly uuid: string;
  readonly session_id: string;
  readonly parent_tool_use_id: string | null;
  readonly message: {
    readonly id: string;
    readonly type: 'message';
    readonly role: 'assistant';
    readonly model: string;
    readonly content: readonly ContentBlock[];
    readonly stop_reason: 'tool_use' | null;
    readonly usage: MessageUsage;
  };
}

export interface ToolResultMessage {
  readonly type: 'user';
  readonly uuid: string;
  readonly session_id: string;
  readonly parent_tool_use_id: string | null;
  readonly message: {
    readonly role: 'user';
    readonly content: readonly [
      { readonly type: 'tool_result'; readonly tool_use_id: string; readonly is_error: boolean; readonly content: string },
    ];
  };
}

export interface PartialMessage {
  readonly type: 'stream_event';
  readonly uuid: string;
  readonly session_id: string;
  readonly parent_tool_use_id: string | null;
  readonly event: PartialEvent;
}

export type PartialEvent =
  | {
      readonly type: 'message_start';
      readonly message: { readonly id: string; readonly role: 'assistant'; readonly model: string; readonly content: readonly [] };
    }
  | { readonly type: 'content_block_start'; readonly index: number; readonly content_block: ContentBlock }
  | { readonly type: 'content_block_delta'; readonly index: number; readonly delta: PartialDelta }
  | { readonly type: 'content_block_stop'; readonly index: number }
  | { readonly type: 'message_stop' };

export type PartialDelta =
  | { readonly type: 'text_delta'; readonly text: string }
  | { readonly type: 'thinking_delta'; readonly thinking: string }
  | { readonly type: 'input_json_delta'; readonly partial_json: string };

export interface PermissionDenial {
  readonly tool_name: string;
  readonly tool_use_id: string;
  readonly tool_input: unknown;
}

interface ResultCommon {
  readonly type: 'result';
  readonly uuid: string;
  readonly session_id: string;
  readonly duration_ms: number;
  readonly duration_api_ms: number;
  readonly num_turns: number;
  readonly usage: MessageUsage;
  readonly permission_denials: readonly PermissionDenial[];
}

export type ResultMessage = ResultCommon &
  (
    | {
        readonly subtype: 'success';
        readonly is_error: false;
        readonly result: string;
        /** With `--json-schema`: `result` as a parsed value. */
        readonly structured_result?: unknown;
      }
    | { readonly subtype: 'error_during_execution'; readonly is_error: true; readonly error: { readonly message: string } }
  );

/** Everything but the result. */
export type RunMessage = InitMessage | AssistantMessage | ToolResultMessage | PartialMessage | ControlOutput;

export interface PermissionSuggestion {
  readonly type: 'allow' | 'deny';
  readonly label: string;
  readonly description: string;
}

/** What a run with `--input-format stream-json` also prints. Source: docs/formats.md 3.4. */
export type ControlOutput =
  | {
      readonly type: 'control_response';
      readonly response:
        | { readonly subtype: 'success'; readonly request_id: string; readonly response: Readonly<Record<string, unknown>> }
        | { readonly subtype: 'error'; readonly request_id: string; readonly error: string };
    }
  | {
      readonly type: 'control_request';
      readonly request_id: string;
      readonly request:
        | {
            readonly subtype: 'can_use_tool';
            readonly tool_name: string;
            readonly tool_use_id: string;
            readonly input: Readonly<Record<string, unknown>>;
            readonly permission_suggestions: readonly PermissionSuggestion[];
            readonly blocked_path: null;
          }
        | { readonly subtype: 'mcp_message'; readonly server_name: string; readonly message: object };
    }
  | { readonly type: 'control_cancel_request'; readonly request_id: string };
