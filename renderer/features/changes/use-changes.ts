import { useCallback, useEffect, useState } from 'react';
import {
  defined,
  type ChangeChoice,
  type OnTouched,
  type Result,
  type SessionId,
  type ToolDisplay,
  type UndoProblem,
} from '../../../preload/contract/index.ts';
import { errorText, useClient, useUi, useView } from '../../stores/index.ts';

export type Changes = Result<'checkpoint.list'>;

/** An undo that was refused: its problems and its choice. */
export interface RefusedUndo {
  readonly choice: ChangeChoice;
  readonly problems: readonly UndoProblem[];
}

/**
 * The files that the file tools have changed; requested again whenever a file tool or a turn has ended. Undefined until the
 * answer arrives.
 */
export function useChanges(sessionId: SessionId) {
  const client = useClient();
  const raiseToast = useUi((ui) => ui.raiseToast);
  const [changes, setChanges] = useState<Changes>();
  const [failure, setFailure] = useState<string>();
  const [refused, setRefused] = useState<RefusedUndo>();
  const [round, setRound] = useState(0);
  const isBusy = useView(sessionId, (view) => view.turn !== undefined, false);
  const edits = useView(sessionId, (view) => view.order.reduce((sum, id) => sum + Number(isEndedEdit(view.items[id])), 0), 0);
  const readAgain = useCallback(() => setRound((last) => last + 1), []);

  useEffect(() => {
    let isOver = false;
    client.request('checkpoint.list', { sessionId }).then(
      (found) => {
        if (isOver) return;
        setChanges(found);
        setFailure(undefined);
      },
      (error: unknown) => !isOver && setFailure(errorText(error)),
    );
    return () => {
      isOver = true;
    };
  }, [client, sessionId, edits, isBusy, round]);

  const undo = async (choice: ChangeChoice, onTouched: OnTouched) => {
    setRefused(undefined);
    try {
      const { problems } = await client.request('checkpoint.undo', { sessionId, ...choice, onTouched });
      if (problems.length > 0 && onTouched === 'refuse') setRefused({ choice, problems });
      else for (const { message } of problems) raiseToast('error', message);
    } catch (error) {
      raiseToast('error', errorText(error));
    }
    readAgain();
  };
  return { changes, failure, isBusy, refused, readAgain, undo, cancelUndo: () => setRefused(undefined) };
}

function isEndedEdit(item: { readonly kind: string; readonly toolKind?: string; readonly status?: string } | undefined): boolean {
  return item?.kind === 'tool' && item.toolKind === 'edit' && item.status === 'success';
}

/** Requested while it is shown; a new `revision` means that the file may have changed. */
export function useDiff(
  sessionId: SessionId,
  choice: ChangeChoice & { readonly path: string },
  revision: unknown,
): ToolDisplay | undefined {
  const client = useClient();
  const [diff, setDiff] = useState<ToolDisplay>();
  const { path, turnId } = choice;
  useEffect(() => {
    let isOver = false;
    client.request('checkpoint.diff', { sessionId, path, ...defined({ turnId }) }).then(
      ({ diff: found }) => !isOver && setDiff(found),
      (error: unknown) => !isOver && setDiff({ kind: 'text', text: errorText(error) }),
    );
    return () => {
      isOver = true;
    };
  }, [client, sessionId, path, turnId, revision]);
  return diff;
}
