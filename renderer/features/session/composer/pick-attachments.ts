/** Which of the pasted or dropped files are attached, and why the others are not. Pure. */
import { MAX_ATTACHED_BYTES, MAX_ATTACHMENTS, PromptAttachment } from '../../../../preload/contract/index.ts';
import { t } from '../text.ts';
import { formatBytes } from '../../../ui/index.ts';

export type MediaType = PromptAttachment['mimeType'];

interface Sized {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

export interface Picked<T> {
  readonly taken: readonly { readonly file: T; readonly mimeType: MediaType }[];
  /** For the user, one sentence each. */
  readonly refused: readonly string[];
}

/** `held`: attachments that are already there. Units: bytes. */
export function pickAttachments<T extends Sized>(files: readonly T[], held: readonly { readonly sizeBytes: number }[]): Picked<T> {
  const taken: { file: T; mimeType: MediaType }[] = [];
  const refused = new Set<string>();
  let bytes = held.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for (const file of files) {
    const mimeType = PromptAttachment.shape.mimeType.safeParse(file.type).data;
    if (mimeType === undefined) refused.add(t('attachment.notTaken', { name: file.name }));
    else if (held.length + taken.length >= MAX_ATTACHMENTS) refused.add(t('attachment.tooMany', { limit: MAX_ATTACHMENTS }));
    else if (bytes + file.size > MAX_ATTACHED_BYTES)
      refused.add(t('attachment.tooLarge', { name: file.name, size: formatBytes(file.size), limit: formatBytes(MAX_ATTACHED_BYTES) }));
    else {
      bytes += file.size;
      taken.push({ file, mimeType });
    }
  }
  return { taken, refused: [...refused] };
}
