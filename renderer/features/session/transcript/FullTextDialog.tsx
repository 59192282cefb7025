import { ChevronFirst, ChevronLast, ChevronLeft, ChevronRight, Download } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { Button, Dialog, formatBytes, IconButton, Spinner } from '../../../ui/index.ts';
import type { MessagePlace } from '../whole-text.ts';
import { t } from '../text.ts';
import { type TextPages, useTextPages } from './use-text-pages.ts';

export interface FullTextDialogProps extends MessagePlace {
  readonly title: string;
  readonly onClose: () => void;
}

/** The full text of a long message, one page at a time: only one page is ever laid out. */
export function FullTextDialog({ title, onClose, ...place }: FullTextDialogProps) {
  const pages = useTextPages(place);
  return (
    <Dialog open onOpenChange={onClose} title={title} widthPx={920} footer={<Pager {...pages} />}>
      {pages.error === undefined ? <Page {...pages} /> : <Failure {...pages} />}
    </Dialog>
  );
}

function Page({ text, page }: TextPages) {
  const ref = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (ref.current) ref.current.scrollTop = 0;
  }, [page, text]);
  return (
    <pre
      ref={ref}
      // Scrolls, so it must be reachable by keyboard.
      tabIndex={0}
      aria-label={t('longText.text')}
      aria-busy={text === undefined}
      className="h-[min(60vh,640px)] overflow-auto rounded-md border border-border bg-term px-3.5 py-2.5 font-mono text-code break-words whitespace-pre-wrap text-term-ink"
    >
      {text ?? <Spinner label={t('longText.loading')} />}
    </pre>
  );
}

function Failure({ error, reload }: TextPages) {
  return (
    <div role="alert" className="flex items-center gap-3 rounded-lg bg-err-tint px-3 py-2.5 text-row">
      <span className="min-w-0 flex-1 break-words">{error}</span>
      <Button onClick={reload}>{t('common.tryAgain')}</Button>
    </div>
  );
}

function Pager({ page, pages, totalBytes, show, save }: TextPages) {
  const step = (label: string, icon: ReactNode, to: number) => (
    <IconButton label={label} icon={icon} disabled={to < 0 || to >= pages || to === page} onClick={() => show(to)} />
  );
  return (
    <div className="flex min-w-0 flex-1 flex-wrap items-center gap-1">
      {step(t('longText.first'), <ChevronFirst size={15} aria-hidden />, 0)}
      {step(t('longText.previous'), <ChevronLeft size={15} aria-hidden />, page - 1)}
      <span aria-live="polite" className="px-1.5 text-row text-text-2 tabular-nums">
        {t('longText.page', { page: page + 1, pages })}
      </span>
      {step(t('longText.next'), <ChevronRight size={15} aria-hidden />, page + 1)}
      {step(t('longText.last'), <ChevronLast size={15} aria-hidden />, pages - 1)}
      <span className="ml-auto px-2 text-meta text-text-3">{formatBytes(totalBytes)}</span>
      <Button icon={<Download size={14} strokeWidth={1.6} aria-hidden />} disabled={totalBytes === 0} onClick={save}>
        {t('longText.save')}
      </Button>
    </div>
  );
}
