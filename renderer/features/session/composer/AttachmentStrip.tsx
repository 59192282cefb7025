import { FileText, TriangleAlert, X } from 'lucide-react';
import type { ModelRef } from '../../../../preload/contract/index.ts';
import { useProviders } from '../../../stores/index.ts';
import { formatBytes } from '../../../ui/index.ts';
import { t } from '../text.ts';
import type { HeldAttachment } from './use-attachments.ts';

export interface AttachmentStripProps {
  readonly attachments: readonly HeldAttachment[];
  readonly model: ModelRef | undefined;
  readonly onRemove: (id: number) => void;
}

/** The attachments of the message, and whether its model can read them. */
export function AttachmentStrip({ attachments, model, onRemove }: AttachmentStripProps) {
  const warning = useModelWarning(attachments, model);
  if (attachments.length === 0) return null;
  return (
    <div className="mb-2 flex flex-col gap-1.5">
      <ul aria-label={t('attachment.list')} className="flex flex-wrap gap-2">
        {attachments.map((one) => (
          <li key={one.id} className="group/attached relative flex h-14 items-center gap-2 rounded-md border border-border bg-canvas pr-2">
            {one.mimeType === 'application/pdf' ? (
              <FileText size={18} strokeWidth={1.6} aria-hidden className="ml-2.5 text-text-3" />
            ) : (
              <img src={`data:${one.mimeType};base64,${one.data}`} alt="" className="h-full w-14 rounded-l-md object-cover" />
            )}
            <span className="max-w-36 min-w-0">
              <span className="block truncate text-meta text-text-1">{one.name}</span>
              <span className="block text-meta text-text-3">{formatBytes(one.sizeBytes)}</span>
            </span>
            <button
              type="button"
              aria-label={t('attachment.remove', { name: one.name })}
              onClick={() => onRemove(one.id)}
              className="grid size-7 place-items-center rounded-md text-text-3 hover:bg-wash-2 hover:text-text-1"
            >
              <X size={14} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {warning !== undefined && (
        <p role="status" className="flex items-center gap-1.5 text-meta text-warn">
          <TriangleAlert size={13} strokeWidth={1.6} aria-hidden className="shrink-0" />
          {warning}
        </p>
      )}
    </div>
  );
}

/** Undefined if the model accepts them, or if that is not known. */
function useModelWarning(attachments: readonly HeldAttachment[], model: ModelRef | undefined): string | undefined {
  const { providers } = useProviders();
  const found = providers.find(({ id }) => id === model?.providerId)?.models.find(({ id }) => id === model?.modelId);
  if (found === undefined) return undefined;
  const name = found.name ?? found.id;
  const has = (isPdf: boolean) => attachments.some(({ mimeType }) => (mimeType === 'application/pdf') === isPdf);
  if (found.takesImages === false && has(false)) return t('attachment.noImages', { model: name });
  return found.takesPdf === false && has(true) ? t('attachment.noPdf', { model: name }) : undefined;
}
