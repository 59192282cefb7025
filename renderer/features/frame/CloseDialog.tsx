import { strings } from '../../strings.ts';
import { Button, Dialog } from '../../ui/index.ts';
import type { Closing } from './use-closing.ts';

/** As many commands are named; the rest is counted. */
const NAMED_TASKS = 8;

const text = strings.closing;

/** Names what would be stopped. The safe answer has the focus. */
export function CloseDialog({ what, closing }: { readonly what: string; readonly closing: Closing }) {
  const { running, agentWorks } = closing;
  const named = running.slice(0, NAMED_TASKS);
  return (
    <Dialog
      open
      onOpenChange={closing.cancel}
      title={text.title(what)}
      description={running.length > 0 ? text.runs(running.length) : text.works}
      widthPx={460}
      footer={
        <>
          <Button look="quiet" data-autofocus onClick={closing.cancel}>
            {text.cancel}
          </Button>
          <Button look="danger" onClick={closing.confirm}>
            {text.stop(running.length)}
          </Button>
        </>
      }
    >
      {running.length > 0 && (
        <>
          <ul className="flex flex-col gap-1">
            {named.map((task) => (
              <li key={task.id}>
                <code className="line-clamp-2 font-mono [font-variant-ligatures:none] text-code break-words">{task.command}</code>
              </li>
            ))}
            {running.length > named.length && <li className="text-meta text-text-3">{text.more(running.length - named.length)}</li>}
          </ul>
          {agentWorks && <p className="mt-3 text-text-2">{text.works}</p>}
        </>
      )}
    </Dialog>
  );
}
