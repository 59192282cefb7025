import { withMessages } from '../../i18n.ts';
import { closing as texts } from '../../locales/en/closing.ts';
import { Button, Dialog } from '../../ui/index.ts';
import { ExactText } from '../exact-text/index.ts';
import type { Closing } from './use-closing.ts';

const t = withMessages({ closing: texts });

/** The limit of commands that are named; the others are counted. */
const NAMED_TASKS = 8;

/** Names what would be stopped. The safe choice has the focus. */
export function CloseDialog({ what, closing }: { readonly what: string; readonly closing: Closing }) {
  const { running, agentWorks } = closing;
  const named = running.slice(0, NAMED_TASKS);
  return (
    <Dialog
      open
      onOpenChange={closing.cancel}
      title={t('closing.title', { what })}
      description={running.length > 0 ? t('closing.runs', { count: running.length }) : t('closing.works')}
      widthPx={460}
      footer={
        <>
          <Button look="quiet" data-autofocus onClick={closing.cancel}>
            {t('common.cancel')}
          </Button>
          <Button look="danger" onClick={closing.confirm}>
            {t('closing.stop', { count: running.length })}
          </Button>
        </>
      }
    >
      {running.length > 0 && (
        <>
          <ul className="flex flex-col gap-1">
            {named.map((task) => (
              <li key={task.id}>
                <code className="line-clamp-2 font-mono [font-variant-ligatures:none] text-code break-words">
                  <ExactText text={task.command} />
                </code>
              </li>
            ))}
            {running.length > named.length && (
              <li className="text-meta text-text-3">{t('closing.more', { count: running.length - named.length })}</li>
            )}
          </ul>
          {agentWorks && <p className="mt-3 text-text-2">{t('closing.works')}</p>}
        </>
      )}
    </Dialog>
  );
}
