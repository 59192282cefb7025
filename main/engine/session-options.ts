/** What a host asks of one session. */
import type { ApprovalMode, ItemId, ModelRef, SessionId } from '../../preload/contract/index.ts';

export const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

/** A subagent as its file would describe it. Absent `tools`: all. */
export interface SessionAgent {
  readonly name: string;
  readonly description: string;
  readonly systemPrompt: string;
  readonly tools?: readonly string[];
  readonly model?: string;
  readonly maxTurns?: number;
}

export interface SessionOptions {
  readonly sessionId?: SessionId;
  readonly model?: ModelRef | { readonly modelId: string };
  readonly mode?: ApprovalMode;
  /** Replaces or follows Gantry's own system prompt. */
  readonly systemPrompt?: string;
  readonly appendSystemPrompt?: string;
  /** -1 or absent: no limit. */
  readonly maxTurns?: number;
  readonly maxToolCalls?: number;
  /** Calls that need approval are refused and reported in `TurnResult.denied`, because the run is unattended. */
  readonly unattended?: boolean;
  /**
   * QWEN_CODE_UNATTENDED_RETRY applies: a program may answer approvals, but does not watch a countdown. Absent: as `unattended`.
   */
  readonly unattendedRetry?: boolean;
  /** False: approvals may be answered, but the agent's own questions cannot. Absent: as attended. */
  readonly answersQuestions?: boolean;
  /** Rules of `--allowed-tools`: names of tools that run without approval. */
  readonly allowedTools?: readonly string[];
  readonly extraFolders?: readonly string[];
  /**
   * The answer is JSON that matches this schema, given by a call of `structured_output`, which ends the turn. Errors:
   * `bad_params`.
   */
  readonly outputSchema?: Readonly<Record<string, unknown>>;
  /** Any id is a model of the session's provider, also one that the settings do not list. */
  readonly acceptsAnyModel?: boolean;
  /** Subagents of this session, besides those of the files; they take precedence. */
  readonly agents?: readonly SessionAgent[];
  /** An unknown slash command is an ordinary prompt. Absent: it is refused. */
  readonly sendsUnknownCommands?: boolean;
  /** Called with the text that the model reads, before the event of the call's end; also for calls of subagents. */
  readonly onToolResult?: (callId: ItemId, text: string) => void;
}
