import type { ExportFormat, SessionSummary } from '../../../preload/contract/index.ts';
import { errorText, useActions, useClient, useUi } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { saveSession } from './save-session.ts';

export interface SessionCommands {
  readonly exportAs: (session: SessionSummary, format: ExportFormat) => void;
  readonly copyId: (session: SessionSummary) => void;
  readonly copyPath: (session: SessionSummary) => void;
  readonly reveal: (session: SessionSummary) => void;
  readonly branch: (session: SessionSummary) => void;
  readonly pin: (session: SessionSummary, pinned: boolean) => void;
  readonly archive: (session: SessionSummary) => void;
  readonly unarchive: (session: SessionSummary, opens: boolean) => void;
  readonly remove: (session: SessionSummary) => void;
}

/** The actions for a session, wherever it is listed. */
export function useSessionCommands(): SessionCommands {
  const client = useClient();
  const { archiveSession, branchSession, deleteSession, pinSession, unarchiveSession } = useActions();
  const raiseToast = useUi((ui) => ui.raiseToast);
  const announce = useUi((ui) => ui.announce);
  const copy = (text: string, confirmation: string) =>
    navigator.clipboard.writeText(text).then(
      () => announce(confirmation),
      () => raiseToast('warning', t('common.notCopied')),
    );
  return {
    exportAs: ({ id: sessionId, projectId }, format) =>
      void saveSession(client, { projectId, sessionId, format }).then(
        (name) => announce(t('history.exported', { name })),
        (error: unknown) => raiseToast('error', errorText(error)),
      ),
    copyId: ({ id }) => void copy(id, t('history.copied')),
    copyPath: ({ id: sessionId, projectId }) =>
      void client.request('session.locate', { projectId, sessionId }).then(
        ({ path }) => copy(path, t('history.pathCopied')),
        (error: unknown) => raiseToast('error', errorText(error)),
      ),
    reveal: ({ id: sessionId, projectId }) =>
      void client.request('session.reveal', { projectId, sessionId }).catch((error: unknown) => raiseToast('error', errorText(error))),
    pin: (session, pinned) => void pinSession(session, pinned),
    archive: (session) => void archiveSession(session),
    unarchive: (session, opens) => void unarchiveSession(session, opens),
    branch: (session) => void branchSession(session),
    remove: (session) => void deleteSession(session),
  };
}
