/** The row of a prompt with its attachments, and the notice about files that could not be read. Pure. */
import type { AttachmentSummary, ItemId, NoticeContent, QueuedPrompt, TranscriptItem } from '../../../preload/contract/index.ts';
import type { PromptContent } from '../mention/index.ts';
import type { MediaPart } from '../provider/provider.ts';

/** The attachments as a row shows them. */
export function toAttachmentSummaries(media: readonly MediaPart[]): AttachmentSummary[] {
  return media.map(({ name, mimeType, data }) => ({ name: name ?? mimeType, mimeType, sizeBytes: Math.floor((data.length * 3) / 4) }));
}

/** A notice for the user; undefined if every named file was read. */
export function unreadNotice(
  { unread }: Pick<PromptContent, 'unread'>,
  id: ItemId,
  createdAtMs: number,
): Extract<TranscriptItem, { kind: 'notice' }> | undefined {
  if (unread.length === 0) return undefined;
  const text = unread.map(({ path, why }) => `@${path} was not read: ${why}`).join('\n');
  const content: NoticeContent = { code: 'files_unread', files: unread.map(({ path, cause }) => ({ path, cause })) };
  return { kind: 'notice', id, createdAtMs, level: 'warning', text, content, detail: 'The agent can read it with its own tools.' };
}

/** The row of a prompt. */
export function userItem(id: ItemId, { text, localId }: QueuedPrompt, media: readonly MediaPart[], createdAtMs: number): TranscriptItem {
  return { kind: 'user', id, text, createdAtMs, localId, ...(media.length === 0 ? {} : { attachments: toAttachmentSummaries(media) }) };
}
