import type { WireError } from '../../../preload/contract/index.ts';
import { Button } from '../../ui/index.ts';
import { t } from '../../i18n.ts';

/** The host refuses this window: its version differs, or the access token is missing. Nothing else can be done here. */
export function RefusedScreen({ error }: { readonly error: WireError }) {
  const { title, detail } = wordsFor(error);
  return (
    <main className="grid h-full place-items-center p-6">
      <div role="alert" className="flex max-w-[52ch] flex-col items-start gap-3">
        <h1 className="text-title font-semibold">{title}</h1>
        <p className="text-text-2">{detail}</p>
        <p className="font-mono text-code text-text-3">
          {error.code}: {error.message}
        </p>
        <Button look="primary" onClick={() => location.reload()}>
          {t('common.reload')}
        </Button>
      </div>
    </main>
  );
}

function wordsFor(error: WireError): { title: string; detail: string } {
  if (error.code === 'protocol_mismatch') return { title: t('connection.mismatch'), detail: t('connection.mismatchDetail') };
  if (error.code === 'unauthorized') return { title: t('connection.noToken'), detail: t('connection.noTokenDetail') };
  return { title: t('connection.refused'), detail: error.message };
}
