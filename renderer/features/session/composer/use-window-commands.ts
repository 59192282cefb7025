import type { SessionId, TranscriptItem } from '../../../../preload/contract/index.ts';
import { useActions, useClient, useStores } from '../../../stores/index.ts';
import { useSessionCommands } from '../../history/index.ts';
import { wholeText } from '../whole-text.ts';
import { t } from '../text.ts';

const EXPORTS = ['markdown', 'html', 'json', 'jsonl'] as const;

export interface WindowCommand {
  readonly name: string;
  readonly args: string;
  /** The text that the engine has for a terminal. */
  readonly text?: string | undefined;
}

/**
 * Runs a slash command that belongs to the window. False: this window cannot do it, and a toast was shown. `openModels` opens
 * the model picker of the composer.
 */
export function useWindowCommands(openModels: () => void): (command: WindowCommand) => boolean {
  const { ui, host } = useStores();
  const client = useClient();
  const actions = useActions();
  const { exportAs } = useSessionCommands();
  const warn = (text: string) => ui.getState().raiseToast('warning', text);

  return ({ name, args, text }) => {
    const { activeProjectId, activeSessionId, showHistory } = ui.getState();
    const session = activeSessionId === undefined ? undefined : host.getState().sessions[activeSessionId];
    switch (name) {
      case 'clear':
        void actions.newSession();
        return true;
      case 'resume':
        showHistory(activeProjectId, args);
        return true;
      case 'model':
        openModels();
        return true;
      case 'export':
      case 'branch':
      case 'delete':
      case 'rewind':
      case 'copy':
        break;
      default:
        warn(text ?? t('composer.saidByWindow', { name }));
        return false;
    }
    if (session === undefined) {
      warn(t('composer.needsSession', { name }));
      return false;
    }
    if (name === 'export') exportAs(session, EXPORTS.find((format) => format === args) ?? 'markdown');
    else if (name === 'branch') void actions.branchSession(session);
    else if (name === 'delete') void actions.deleteSession(session);
    else if (name === 'rewind') warn(t('composer.rewindHow'));
    else copyAnswer(session.id);
    return true;
  };

  function copyAnswer(sessionId: SessionId): void {
    const view = host.getState().views[sessionId];
    const items: readonly (TranscriptItem | undefined)[] = view?.order.map((id) => view.items[id]) ?? [];
    const last = items.findLast((item) => item?.kind === 'assistant' && item.text.trim() !== '');
    if (last?.kind !== 'assistant') return warn(t('composer.nothingToCopy'));
    void wholeText(client, sessionId, last)
      .then((whole) => navigator.clipboard.writeText(whole))
      .then(
        () => ui.getState().announce(t('composer.copied')),
        () => warn(t('common.notCopied')),
      );
  }
}
