/**
 * What happens in a session in the shapes of the Agent Client Protocol, as Qwen Code 0.24.4 fills them. Editors receive them over
 * ACP, programs over the routes of the server. No connection, and nothing of the protocol's SDK but its types.
 */
export { BadInput } from './bad-input.ts';
export { commandsUpdate } from './commands-update.ts';
export { toContextUsage } from './context-usage.ts';
export { diffTexts } from './diff-texts.ts';
export { createOutbox, type PendingUpdate } from './outbox.ts';
export { field, toDecision, toPermissionRequest } from './permission.ts';
export { toPromptContent } from './prompt-content.ts';
export { type AskedQuestion, readReply, toQuestionRequest } from './questions.ts';
export { readRows, replayedUpdates, settleUpdates } from './replayed-rows.ts';
export { describeModel, type SessionChoices, toChoices, toMode, toModelRef } from './session-choices.ts';
export { shownDiff } from './shown-diff.ts';
export { answerSlash, COMPRESSION_BEGINS, compressionEnd, isCompression, slashChunk } from './slash-answers.ts';
export { textContent } from './tool-updates.ts';
export { createUpdateMapper, type DiffDisplay } from './update-mapper.ts';
