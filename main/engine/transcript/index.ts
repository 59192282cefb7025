/** Records of a session file and the rows derived from them. Pure: needs no file and no running turn. */
export { type AgentRows, createAgentRows, taskExecution } from './agent-record.ts';
export { compressionDraft, compressionNotice } from './compression-record.ts';
export { describeNotice, describeProblem } from './describe-notice.ts';
export { createRowWriter, type ExportHead, type RowWriter } from './export-rows.ts';
export {
  createInterruptedFold,
  type InterruptedCall,
  NOT_RUN_RESULT,
  notRunDraft,
  questionDraft,
  resumedDraft,
  resumedText,
} from './interrupted-records.ts';
export { createItemWindow, type EarlierRequest, type LoadedView, MAX_EARLIER, SNAPSHOT_ITEMS } from './item-window.ts';
export { decodeText, type JsonPath } from './json-scan.ts';
export { clipLine, isLong, type LineLocation, MAX_LINE_BYTES, readTexts, readTokens } from './long-line.ts';
export { inPieces, type MessagePart, readMessageText, type RecordLine, type VisitRecord } from './message-text.ts';
export { callsOf, closeOpenCalls, createHistoryFold, INTERRUPTED_RESULT, mediaOf } from './model-history.ts';
export { findStrays, isBeside, isRoot, readHeader, type RecordHeader } from './record-chain.ts';
export { answerDraft, midTurnDraft, noticeDraft, notificationDraft, toolResultDraft, userDraft, userMessage } from './record-drafts.ts';
export { findRevealedTools } from './revealed-tools.ts';
export { toRowTitle } from './row-title.ts';
export { createLineFilter, findInRecord, findSnippet, type RecordHit } from './search-text.ts';
export { createFacts, DEFAULT_WINDOW_TOKENS, grantDraft, TURN_END_SUBTYPE } from './session-facts.ts';
export {
  announcesPrompt,
  atCommandDraft,
  BRANCH_SUBTYPE,
  mergeRecords,
  parseRecord,
  PROMPT_HEAD_SUBTYPE,
  type RecordDraft,
  SessionRecord,
  typedText,
} from './session-record.ts';
export { notificationText, taskReports } from './task-notification.ts';
export { createTelemetryRecords, type TelemetryRecords } from './telemetry-records.ts';
export { titleFromPrompt, UNTITLED } from './title.ts';
export { createTranscriptFold, type DescribeCall, NOT_RUN_SUMMARY, type TranscriptStep } from './transcript-fold.ts';
export { startedDraft, endedCommand, runningCommand, type UserCommand } from './user-command.ts';
export { toAttachmentSummaries, unreadNotice, userItem } from './user-item.ts';
