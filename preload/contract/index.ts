/**
 * The contract between a client (the window, a browser) and a host (desktop, server): three tables and their types.
 * A leaf: it imports only zod, so that both sides can share it. It contains only declarations, so the build drops
 * unused ones.
 */
export {
  Approval,
  ApprovalAction,
  ApprovalCause,
  ApprovalDecision,
  ApprovalMode,
  CommandMark,
  CommandRisk,
  PermissionEntry,
  RuleOffer,
  SandboxProblem,
  SandboxState,
} from './approval.ts';
export { ChangeChoice, ChangedFile, OnTouched, TurnChanges, UndoOutcome, UndoProblem } from './checkpoint.ts';
export { CompactionKept, CompactionProblem, NoticeContent, TaskReport, UnreadCause } from './notice.ts';
export { ToolVerb } from './tool-verb.ts';
export { isLoopbackHost } from './loopback.ts';
export { MESSAGE_CHANNEL, POST_CHANNEL, type HostBridge } from './channels.ts';
export {
  ClientFrame,
  decodeOutput,
  encodeOutput,
  HostFrame,
  OutputFrame,
  PROTOCOL_VERSION,
} from './envelope.ts';
export { ERROR_CODES, ERROR_FACTS, ErrorCode, type ErrorFacts, WireError } from './errors.ts';
export { ContextMeter, ContextUsage } from './context.ts';
export { CommandAnswer, CommandOutcome, CommandSummary } from './extension.ts';
export {
  events,
  type EventData,
  type EventName,
  type Events,
  type HostEvent,
} from './events.ts';
export {
  ApprovalId,
  ItemId,
  ProjectId,
  ProviderId,
  SessionId,
  TaskId,
  TurnId,
  ViewerId,
} from './ids.ts';
export {
  AttachmentSummary,
  ToolDisplay,
  ToolKind,
  ToolProblem,
  ToolStatus,
  TranscriptItem,
  Usage,
  type AssistantItem,
  type ToolItem,
  type UserItem,
  MAX_ROW_CHARS,
  USER_COMMAND_NAME,
} from './message.ts';
export {
  notifies,
  type Notifies,
  type NotifyName,
  type NotifyParams,
} from './notifies.ts';
export { McpServerDraft, McpServerStatus, McpServerSummary } from './mcp.ts';
export { ProjectSummary, ShownView, Trust } from './project.ts';
export {
  ConnectionTest,
  KeySource,
  KeyState,
  KeyStoreState,
  ListedModel,
  ModelSummary,
  Protocol,
  ProviderDraft,
  ProviderPreset,
  ProviderSummary,
  WireProtocol,
} from './provider.ts';
export { Question, QuestionAnswer } from './question.ts';
export { SECRET } from './request.ts';
export {
  requests,
  type Params,
  type RequestName,
  type Requests,
  type Result,
} from './requests.ts';
export {
  CompactionResult,
  Cursor,
  DeletedSession,
  ExportFormat,
  MAX_ATTACHED_BYTES,
  MAX_ATTACHMENTS,
  ModelRef,
  PromptAttachment,
  PromptDelivery,
  QueuedPrompt,
  RequestProblem,
  RunningTurn,
  SessionHit,
  SessionProblem,
  SessionSnapshot,
  SessionState,
  SessionSummary,
  TurnEnd,
  TurnPhase,
  TurnResult,
} from './session.ts';
export {
  SettingsFile,
  KeyChord,
  SettingsProblem,
  SettingsView,
  SettingValue,
  Theme,
  ValueOrigin,
} from './settings.ts';
export { hasHiddenCharacters, shownCommand, spellHidden, splitHidden } from './hidden-characters.ts';
export { compileKeys, type KnownKeys } from './keys/known-keys.ts';
export { createKeyRedactor, type KeyRedactor } from './keys/redact-keys.ts';
export { SurvivorSummary } from './survivor.ts';
export {
  CommandEnd,
  CommandMarkCode,
  failureSignal,
  isTerminalStatus,
  TaskFailure,
  TaskNotice,
  TaskPlacement,
  TaskStatus,
  TaskSummary,
} from './task.ts';
export { defined } from './defined.ts';
