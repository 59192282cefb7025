import { Suspense, useState } from 'react';
import { defined, type ChangedFile, type SessionId } from '../../../preload/contract/index.ts';
import { Button, Chip, Collapsible } from '../../ui/index.ts';
import { DiffView } from '../session/index.ts';
import { t } from '../../i18n.ts';
import { useDiff } from './use-changes.ts';

export interface ChangedFileRowProps {
  readonly sessionId: SessionId;
  readonly file: ChangedFile;
  readonly turnId: string | undefined;
  /** Changes when the file may have changed. */
  readonly revision: unknown;
  /** Absent if there is nothing to undo, or not at the moment. */
  readonly onUndo: (() => void) | undefined;
}

/** A changed file; when it is open, it shows the diff. */
export function ChangedFileRow({ sessionId, file, turnId, revision, onUndo }: ChangedFileRowProps) {
  const [open, setOpen] = useState(false);
  const choice = { path: file.path, ...defined({ turnId }) };
  return (
    <div className="flex items-start gap-1">
      <div className="min-w-0 flex-1">
        <Collapsible open={open} onToggle={() => setOpen(!open)} summary={<Summary file={file} />}>
          {file.note !== undefined && <p className="px-2.5 pb-1 text-meta text-text-2">{file.note}</p>}
          <Difference sessionId={sessionId} choice={choice} revision={revision} />
        </Collapsible>
      </div>
      <Button
        look="quiet"
        className="mt-0.5"
        disabled={onUndo === undefined}
        aria-label={t('changes.undoFile', { name: file.shown })}
        onClick={() => onUndo?.()}
      >
        {t('common.undo')}
      </Button>
    </div>
  );
}

function Summary({ file }: { readonly file: ChangedFile }) {
  return (
    <>
      <code className="min-w-0 truncate font-mono text-code text-text-1" title={file.path}>
        {file.shown}
      </code>
      {file.change === 'created' && file.state !== 'undone' && <Chip tone="plain">{t('changes.created')}</Chip>}
      {file.state !== 'changed' && <Chip tone={file.state === 'touched' ? 'warn' : 'plain'}>{t(`changes.${file.state}`)}</Chip>}
    </>
  );
}

interface DifferenceProps {
  readonly sessionId: SessionId;
  readonly choice: { readonly path: string; readonly turnId?: string };
  readonly revision: unknown;
}

function Difference({ sessionId, choice, revision }: DifferenceProps) {
  const diff = useDiff(sessionId, choice, revision);
  if (diff === undefined) return <p className="px-2.5 text-meta text-text-3">{t('changes.comparing')}</p>;
  if (diff.kind === 'diff') {
    return (
      <Suspense fallback={null}>
        <DiffView diff={diff} maxHeightPx={420} />
      </Suspense>
    );
  }
  return <p className="px-2.5 text-row text-text-2">{diff.kind === 'text' ? diff.text : ''}</p>;
}
