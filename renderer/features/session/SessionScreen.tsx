import type { ReactNode } from 'react';
import {
  type Approval,
  type ApprovalMode,
  type SessionId,
  type TranscriptItem,
  USER_COMMAND_NAME,
} from '../../../preload/contract/index.ts';
import { isUnused, useActions, useSessionSummary, useStores, useView } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { Spinner } from '../../ui/index.ts';
import { TaskStrip } from '../task/index.ts';
import { ApprovalCard } from './approval/ApprovalCard.tsx';
import { BranchBar } from './BranchBar.tsx';
import { shellText } from './composer/composer-shell.ts';
import { Composer } from './composer/Composer.tsx';
import { openQuestion } from './transcript/open-question.ts';
import { QuestionCard } from './approval/QuestionCard.tsx';
import { QueueList } from './composer/QueueList.tsx';
import { ReadOnlyBar } from './ReadOnlyBar.tsx';
import { Transcript } from './transcript/Transcript.tsx';

const NO_APPROVALS: readonly Approval[] = [];

/** An open session: transcript, pending question, tasks, composer. `empty` replaces a transcript without rows. */
export function SessionScreen({ sessionId, empty }: { readonly sessionId: SessionId; readonly empty: ReactNode }) {
  const attached = useView(sessionId, () => true, false);
  const isEmpty = useView(sessionId, isUnused, false);
  const heldBy = useView(sessionId, (view) => view.heldBy, undefined);
  const approvals = useView(sessionId, (view) => view.approvals, NO_APPROVALS);
  const approval = approvals[0];
  const question = useView(sessionId, openQuestion, undefined);
  if (!attached) {
    return (
      <div className="grid flex-1 place-items-center">
        <Spinner label={t('transcript.loading')} sizePx={18} />
      </div>
    );
  }
  return (
    <>
      <BranchBar sessionId={sessionId} />
      {isEmpty ? (
        <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">{empty}</div>
      ) : (
        <Transcript key={sessionId} sessionId={sessionId} />
      )}
      <div className="mx-auto w-full max-w-[828px]">
        {approval && <ApprovalCard approval={approval} count={approvals.length} />}
        {question && !approval && <QuestionCard key={question.id} sessionId={sessionId} item={question} />}
        <div className="px-6 pb-3.5">
          <TaskStrip />
          <QueueList sessionId={sessionId} />
          {heldBy ? <ReadOnlyBar sessionId={sessionId} heldBy={heldBy} /> : <SessionComposer key={sessionId} sessionId={sessionId} />}
        </div>
      </div>
    </>
  );
}

function SessionComposer({ sessionId }: { readonly sessionId: SessionId }) {
  const { host } = useStores();
  const { prompt, runCommand, cancelTurn, setMode, setModel } = useActions();
  const mode = useView<ApprovalMode>(sessionId, (view) => view.mode, 'default');
  const model = useView(sessionId, (view) => view.model, undefined);
  const context = useView(sessionId, (view) => view.context, undefined);
  const turns = useView(sessionId, (view) => view.turn !== undefined, false);
  // Without a turn, a user command may run; this stops it.
  const running = useSessionSummary(sessionId)?.state === 'running' || turns;
  return (
    <Composer
      draftKey={sessionId}
      earlierPrompts={() => {
        const view = host.getState().views[sessionId];
        const items = view?.order.map((id) => view.items[id]) ?? [];
        return items.flatMap(promptsOf).toReversed();
      }}
      onSend={prompt}
      onRun={runCommand}
      onStop={running ? () => cancelTurn(sessionId) : undefined}
      mode={mode}
      onMode={(next) => setMode(sessionId, next)}
      model={model}
      onModel={(next) => setModel(sessionId, next)}
      context={context}
    />
  );
}

/** The prompts that Up recalls. */
function promptsOf(item: TranscriptItem | undefined): readonly string[] {
  // A prompt that is too long to be kept here is not recalled in part.
  if (item?.kind === 'user') return item.omittedChars === undefined ? [item.text] : [];
  return item?.kind === 'tool' && item.name === USER_COMMAND_NAME ? [shellText(item.target)] : [];
}
