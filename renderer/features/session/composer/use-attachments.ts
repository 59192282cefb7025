import { useState } from 'react';
import type { PromptAttachment } from '../../../../preload/contract/index.ts';
import { useUi } from '../../../stores/index.ts';
import { t } from '../text.ts';
import { type MediaType, pickAttachments } from './pick-attachments.ts';

/** `data` is base64; only in memory, because a draft of several megabytes does not fit into local storage. */
export interface HeldAttachment extends PromptAttachment {
  readonly id: number;
  readonly sizeBytes: number;
}

let lastId = 0;

/** The images and documents of the message that is being written. */
export function useAttachments() {
  const raiseToast = useUi((ui) => ui.raiseToast);
  const [held, setHeld] = useState<readonly HeldAttachment[]>([]);
  return {
    held,
    async add(files: readonly File[]): Promise<void> {
      const { taken, refused } = pickAttachments(files, held);
      for (const text of refused) raiseToast('warning', text);
      const read = await Promise.all(taken.map(({ file, mimeType }) => readAttachment(file, mimeType)));
      for (const one of read) if (typeof one === 'string') raiseToast('warning', t('attachment.notRead', { name: one }));
      setHeld((now) => [...now, ...read.filter((one) => typeof one !== 'string')]);
    },
    remove: (id: number) => setHeld((now) => now.filter((one) => one.id !== id)),
    clear: () => setHeld([]),
    giveBack: (attachments: readonly HeldAttachment[]) => setHeld((now) => [...attachments, ...now]),
  };
}

/** An image from the clipboard has no name. */
async function readAttachment(file: File, mimeType: MediaType): Promise<HeldAttachment | string> {
  const name = file.name === '' ? (mimeType.split('/')[1] ?? 'file') : file.name.slice(-255);
  try {
    const data = await base64Of(file);
    lastId += 1;
    return { id: lastId, name, mimeType, data, sizeBytes: file.size };
  } catch {
    return name; // it was deleted or locked meanwhile
  }
}

function base64Of(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === 'string' ? reader.result.slice(reader.result.indexOf(',') + 1) : '');
    reader.onerror = () => reject(reader.error ?? new Error(file.name));
    reader.readAsDataURL(file);
  });
}
