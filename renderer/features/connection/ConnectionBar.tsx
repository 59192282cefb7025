import { WifiOff } from 'lucide-react';
import { useConnection } from '../../stores/index.ts';
import { Button, useNow } from '../../ui/index.ts';
import { t } from '../../i18n.ts';

/** Shows that the host cannot be reached, and when the next attempt is. It takes a row of its own, so it covers nothing. */
export function ConnectionBar() {
  const connection = useConnection();
  const lost = connection.kind === 'lost';
  return (
    <>
      {/* The region exists before its text, or the text would not be announced. It contains only the fact: the countdown would be announced twice a second. */}
      <span role="status" className="sr-only">
        {lost ? t('connection.lost', { seconds: 0 }) : ''}
      </span>
      {lost && <LostBar retryAtMs={connection.retryAtMs} />}
    </>
  );
}

function LostBar({ retryAtMs }: { readonly retryAtMs: number }) {
  const nowMs = useNow(500);
  const seconds = Math.max(0, Math.ceil((retryAtMs - nowMs) / 1000));
  return (
    <section
      aria-label={t('connection.label')}
      className="flex items-center gap-2.5 border-b border-border bg-warn-tint px-3 py-1.5 text-row"
    >
      <WifiOff size={15} strokeWidth={1.6} aria-hidden className="shrink-0 text-warn" />
      <span aria-hidden>{t('connection.lost', { seconds })}</span>
      <span className="text-text-2 max-md:hidden">{t('connection.lostDetail')}</span>
      <Button look="quiet" className="-my-1 ml-auto" onClick={() => location.reload()}>
        {t('common.reload')}
      </Button>
    </section>
  );
}
