import type { ExportFormat, SessionSummary } from '../../../preload/contract/index.ts';
import { errorText, useActions, useClient, useUi } from '../../stores/index.ts';
import { historyStrings } from './history-strings.ts';
import { saveSession } from './save-session.ts';

export interface SessionCommands {
  readonly exportAs: (session: SessionSummary, format: ExportFormat) => void;
  readonly copyId: (session: SessionSummary) => void;
  readonly branch: (session: SessionSummary) => void;
  readonly remove: (session: SessionSummary) => void;
}

/** What can be done with a session from wherever it is listed. */
export function useSessionCommands(): SessionCommands {
  const client = useClient();
  const { branchSession, deleteSession } = useActions();
  const raiseToast = useUi((ui) => ui.raiseToast);
  const announce = useUi((ui) => ui.announce);
  return {
    exportAs: ({ id: sessionId, projectId }, format) =>
      void saveSession(client, { projectId, sessionId, format }).then(
        (name) => announce(historyStrings.exported(name)),
        (error: unknown) => raiseToast('error', errorText(error)),
      ),
    copyId: ({ id }) =>
      void navigator.clipboard.writeText(id).then(
        () => announce(historyStrings.copied),
        () => raiseToast('warning', historyStrings.notCopied),
      ),
    branch: (session) => void branchSession(session),
    remove: (session) => void deleteSession(session),
  };
}
