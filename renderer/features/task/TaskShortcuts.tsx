import { useEffect, useEffectEvent, useState } from 'react';
import type { TaskSummary } from '../../../preload/contract/index.ts';
import { useActiveSessionId, useTasksOfSession } from '../../stores/index.ts';
import { Dialog, formatDuration, useNow } from '../../ui/index.ts';
import { ExactText } from '../exact-text/index.ts';
import { chordOf } from './key-chord.ts';
import { choosePromotion, isPromotable } from './promote-choice.ts';
import { elapsedMs } from './task-format.ts';
import { t } from '../../i18n.ts';
import { usePromoteKey } from './use-promote-key.ts';
import { useTaskActions } from './use-task-actions.ts';

/** The promotion key (Ctrl+B by default) moves a running command of the active session to the background. Mount once. */
export function TaskShortcuts() {
  const tasks = useTasksOfSession(useActiveSessionId());
  const { promote } = useTaskActions();
  const { chord } = usePromoteKey();
  const [choosing, setChoosing] = useState(false);
  const promotable = tasks.filter(isPromotable);

  const press = useEffectEvent((event: KeyboardEvent) => {
    if (chordOf(event) !== chord || isChoosingKeys(document.activeElement)) return;
    const choice = choosePromotion({ ...focusSituation(document.activeElement), tasks });
    if (choice.kind === 'pass') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat) return;
    if (choice.kind === 'promote') promote(choice.taskId);
    else setChoosing(true);
  });

  useEffect(() => {
    // Capturing, because a terminal would otherwise handle the key first.
    const listener = (event: KeyboardEvent) => press(event);
    window.addEventListener('keydown', listener, { capture: true });
    return () => window.removeEventListener('keydown', listener, { capture: true });
  }, []);

  return (
    <Dialog
      open={choosing && promotable.length > 0}
      onOpenChange={setChoosing}
      title={t('task.chooser.title')}
      description={t('task.chooser.description')}
    >
      <ul className="flex flex-col gap-1">
        {promotable.map((task) => (
          <li key={task.id}>
            <Choice
              task={task}
              onChoose={() => {
                setChoosing(false);
                promote(task.id);
              }}
            />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function Choice({ task, onChoose }: { readonly task: TaskSummary; readonly onChoose: () => void }) {
  const nowMs = useNow(1000);
  return (
    <button
      type="button"
      onClick={onChoose}
      className="flex min-h-8 w-full items-center gap-3 rounded-md px-2 py-1 text-left hover:bg-wash"
    >
      <code className="min-w-0 flex-1 font-mono [font-variant-ligatures:none] text-code break-words whitespace-pre-wrap">
        <ExactText text={task.command} />
      </code>
      <span className="text-meta text-text-3">{formatDuration(elapsedMs(task, nowMs))}</span>
    </button>
  );
}

/** The button in the settings that records a key receives every key. */
const isChoosingKeys = (active: Element | null) => (active?.closest('[data-chooses-keys]') ?? null) !== null;

function focusSituation(active: Element | null) {
  const card = active?.closest<HTMLElement>('[data-shell-card]') ?? undefined;
  const inTerminal = Boolean(active?.closest('.xterm'));
  return {
    focusedCardTaskId: card?.dataset['shellCard'],
    inOtherTerminal: card === undefined && inTerminal,
    writing: !inTerminal && hasText(active),
  };
}

function hasText(active: Element | null): boolean {
  if (active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement) return active.value !== '';
  return active instanceof HTMLElement && active.isContentEditable && active.textContent !== '';
}
