import { useId, useState } from 'react';
import type { ChangedFile, SessionId } from '../../../preload/contract/index.ts';
import { Button, EmptyState, Spinner } from '../../ui/index.ts';
import { ChangedFileRow } from './ChangedFileRow.tsx';
import { t } from '../../i18n.ts';
import { UndoQuestion } from './UndoQuestion.tsx';
import { type Changes, useChanges } from './use-changes.ts';

/** The files that the agent has changed in this session, with their diffs and undo. */
export function ChangesPanel({ sessionId }: { readonly sessionId: SessionId | undefined }) {
  if (sessionId === undefined) return <NoChanges />;
  return <SessionChanges key={sessionId} sessionId={sessionId} />;
}

function NoChanges() {
  return <EmptyState title={t('changes.none')}>{t('changes.noneDetail')}</EmptyState>;
}

function SessionChanges({ sessionId }: { readonly sessionId: SessionId }) {
  const { changes, failure, isBusy, refused, readAgain, undo, cancelUndo } = useChanges(sessionId);
  const [chosenTurn, setChosenTurn] = useState<string>();
  if (failure !== undefined) {
    return (
      <EmptyState title={t('changes.notShown')}>
        <p className="pb-2">{failure}</p>
        <Button onClick={readAgain}>{t('common.tryAgain')}</Button>
      </EmptyState>
    );
  }
  if (changes === undefined) return <Spinner label={t('changes.comparing')} sizePx={16} />;
  if (changes.files.length === 0) return <NoChanges />;
  const turnId = changes.turns.some(({ id }) => id === chosenTurn) ? chosenTurn : undefined;
  const files = changes.turns.find(({ id }) => id === turnId)?.files ?? changes.files;
  const scope = turnId === undefined ? {} : { turnId };
  const canUndo = files.some(isUndoable);
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2 px-3 py-2.5">
      <ScopeSelect changes={changes} turnId={turnId} onChange={setChosenTurn} />
      <div className="flex items-center gap-2 text-meta text-text-3">
        <span>{t('changes.count', { files: files.length })}</span>
        <Button look="quiet" className="ml-auto" disabled={isBusy || !canUndo} onClick={() => undo(scope, 'refuse')}>
          {t('changes.undoAll')}
        </Button>
      </div>
      {isBusy && <p className="text-meta text-text-3">{t('changes.busy')}</p>}
      {refused && <UndoQuestion problems={refused.problems} onAnswer={(how) => undo(refused.choice, how)} onCancel={cancelUndo} />}
      <ul className="flex min-h-0 flex-col gap-1 overflow-y-auto">
        {files.map((file) => (
          <li key={file.path}>
            <ChangedFileRow
              sessionId={sessionId}
              file={file}
              turnId={turnId}
              revision={changes}
              onUndo={isBusy || !isUndoable(file) ? undefined : () => undo({ ...scope, path: file.path }, 'refuse')}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}

const isUndoable = (file: ChangedFile) => file.canUndo && file.state !== 'undone';

interface ScopeSelectProps {
  readonly changes: Changes;
  readonly turnId: string | undefined;
  readonly onChange: (turnId: string | undefined) => void;
}

function ScopeSelect({ changes, turnId, onChange }: ScopeSelectProps) {
  const id = useId();
  return (
    <div className="flex items-center gap-2 text-row">
      <label htmlFor={id} className="shrink-0 text-text-2">
        {t('changes.scope')}
      </label>
      <select
        id={id}
        value={turnId ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
        className="h-7 min-w-0 flex-1 rounded-md border border-border-strong bg-canvas px-1.5 text-row"
      >
        <option value="">{t('changes.wholeSession')}</option>
        {changes.turns.toReversed().map((turn) => (
          <option key={turn.id} value={turn.id}>
            {turn.title}
          </option>
        ))}
      </select>
    </div>
  );
}
