import { spellHidden } from '../../../../preload/contract/index.ts';
import { Terminal } from 'lucide-react';
import { Spinner } from '../../../ui/index.ts';
import { ExactText } from '../../exact-text/index.ts';
import { t } from '../../../i18n.ts';

/** A command that has not started: it waits for an approval or for its process. */
export function WaitingShellRow({ command, asking }: { readonly command: string; readonly asking: boolean }) {
  return (
    <div className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-row text-text-2">
      <Terminal size={15} strokeWidth={1.6} className="shrink-0" aria-hidden />
      <code className="min-w-0 flex-1 truncate font-mono [font-variant-ligatures:none] text-code text-text-1" title={spellHidden(command)}>
        <ExactText text={command} />
      </code>
      {asking ? <span className="text-meta text-warn">{t('task.card.needsYou')}</span> : <Spinner label={t('task.card.waiting')} />}
    </div>
  );
}
