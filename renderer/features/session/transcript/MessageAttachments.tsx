import { FileText, ImageOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { AttachmentSummary, ItemId, SessionId } from '../../../../preload/contract/index.ts';
import { useClient } from '../../../stores/index.ts';
import { Dialog, formatBytes } from '../../../ui/index.ts';
import { t } from '../text.ts';

export interface MessageAttachmentsProps {
  readonly sessionId: SessionId;
  readonly itemId: ItemId;
  readonly attachments: readonly AttachmentSummary[];
}

/** The attachments of a message: images small, larger on click; documents by name. */
export function MessageAttachments({ sessionId, itemId, attachments }: MessageAttachmentsProps) {
  return (
    <ul aria-label={t('attachment.list')} className="mt-2 flex flex-wrap gap-2">
      {attachments.map((one, index) => (
        // They never change, so their index is their key.
        <li key={index}>
          {one.mimeType.startsWith('image/') ? (
            <Picture sessionId={sessionId} itemId={itemId} index={index} name={one.name} />
          ) : (
            <span className="flex h-8 items-center gap-2 rounded-md border border-border px-2.5 text-meta text-text-2">
              <FileText size={14} strokeWidth={1.6} aria-hidden className="text-text-3" />
              <span className="max-w-56 truncate">{one.name}</span>
              <span className="text-text-3">{formatBytes(one.sizeBytes)}</span>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

interface PictureProps {
  readonly sessionId: SessionId;
  readonly itemId: ItemId;
  readonly index: number;
  readonly name: string;
}

/** The image has a fixed size from the beginning, so that nothing moves when it is loaded. */
function Picture({ name, ...place }: PictureProps) {
  const [open, setOpen] = useState(false);
  const picture = usePicture(place);
  if (picture === 'missing') {
    return (
      <span
        title={t('attachment.notShown', { name })}
        className="grid h-20 w-28 place-items-center rounded-md border border-border text-text-3"
      >
        <ImageOff size={16} strokeWidth={1.6} aria-label={t('attachment.notShown', { name })} />
      </span>
    );
  }
  return (
    <>
      <button
        type="button"
        aria-label={t('attachment.show', { name })}
        disabled={picture === undefined}
        onClick={() => setOpen(true)}
        className="block h-20 w-28 overflow-hidden rounded-md border border-border bg-canvas"
      >
        {picture !== undefined && <img src={picture} alt="" className="h-full w-full object-cover" />}
      </button>
      <Dialog open={open} onOpenChange={setOpen} title={name} widthPx={960}>
        {picture !== undefined && <img src={picture} alt={name} className="mx-auto max-h-[70vh] max-w-full" />}
      </Dialog>
    </>
  );
}

/** As a data URL; undefined until it is loaded. */
function usePicture({ sessionId, itemId, index }: Omit<PictureProps, 'name'>): string | undefined {
  const client = useClient();
  const [picture, setPicture] = useState<string>();
  useEffect(() => {
    let isGone = false;
    client.request('session.readAttachment', { sessionId, itemId, index }).then(
      ({ mimeType, data }) => {
        if (!isGone) setPicture(`data:${mimeType};base64,${data}`);
      },
      () => {
        if (!isGone) setPicture('missing');
      },
    );
    return () => {
      isGone = true;
    };
  }, [client, sessionId, itemId, index]);
  return picture;
}
