import { useId, useLayoutEffect, useRef, useState } from 'react';
import type { Question, QuestionAnswer, SessionId } from '../../../../preload/contract/index.ts';
import { useActions, useUi } from '../../../stores/index.ts';
import { Button, Chip } from '../../../ui/index.ts';
import { LazyMarkdown } from '../markdown/LazyMarkdown.tsx';
import { choose, isAnswered, type QuestionItem } from '../transcript/open-question.ts';
import { t } from '../text.ts';

/** Title bar, task strip, composer and status bar, and a part of the transcript. Unit: px. */
const ROOM_BELOW_PX = 240;

/** The agent's question above the composer. It never takes the focus; Escape leaves it without an answer. */
export function QuestionCard({ sessionId, item }: { readonly sessionId: SessionId; readonly item: QuestionItem }) {
  const { answerQuestion } = useActions();
  const focusComposer = useUi((ui) => ui.focusComposer);
  const card = useRef<HTMLFormElement>(null);
  const { questions, plan } = item.display;
  const [answers, setAnswers] = useState<readonly QuestionAnswer[]>(() => questions.map(() => ({ chosen: [] })));
  const [sending, setSending] = useState(false);
  useLayoutEffect(() => {
    const element = card.current;
    return () => {
      if (element?.contains(document.activeElement)) focusComposer();
    };
  }, [focusComposer]);

  const canSend = isAnswered(item.display, answers) && !sending;
  const send = (given: readonly QuestionAnswer[] | undefined) => {
    setSending(true);
    void answerQuestion(sessionId, item.id, given).then((sent) => !sent && setSending(false));
  };
  const change = (at: number, answer: QuestionAnswer) => setAnswers(answers.map((held, index) => (index === at ? answer : held)));

  return (
    <form
      ref={card}
      aria-label={plan === undefined ? t('question.card') : t('question.plan')}
      tabIndex={-1}
      data-pane="approval"
      onSubmit={(event) => {
        event.preventDefault();
        if (canSend) send(answers.map(trimmed));
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        // Leaves the question pending, and must not interrupt the turn that asked it.
        event.preventDefault();
        focusComposer();
      }}
      style={{ maxHeight: `max(200px, calc(100vh - ${ROOM_BELOW_PX}px))` }}
      className="mx-6 mb-2.5 flex flex-col gap-2.5 rounded-lg border border-warn/55 bg-[linear-gradient(var(--warn-tint),var(--warn-tint))] px-3 py-2.5"
    >
      <div className="flex items-center gap-x-2 text-row">
        <Chip tone="warn">{plan === undefined ? t('question.needsAnswer') : t('approval.needsYou')}</Chip>
        <span>{plan === undefined ? t('question.card') : t('question.plan')}</span>
      </div>
      <div className="flex min-h-0 flex-col gap-3 overflow-y-auto">
        {plan !== undefined && (
          <section
            aria-label={t('question.planText')}
            // Scrolls, so it must be reachable by keyboard.
            tabIndex={0}
            className="max-h-[40vh] shrink-0 overflow-y-auto rounded-md border border-border bg-canvas px-3 py-2"
          >
            <LazyMarkdown text={plan} />
          </section>
        )}
        {questions.map((question, at) => (
          <QuestionFields
            // The questions of a call never change.
            key={at}
            question={question}
            answer={answers[at] ?? { chosen: [] }}
            onChange={(answer) => change(at, answer)}
          />
        ))}
      </div>
      <div className="flex flex-wrap gap-1.5">
        <Button look="primary" type="submit" disabled={!canSend}>
          {t('question.send')}
        </Button>
        <Button look="quiet" disabled={sending} onClick={() => send(undefined)}>
          {plan === undefined ? t('question.leave') : t('question.keepPlanning')}
        </Button>
      </div>
    </form>
  );
}

interface QuestionFieldsProps {
  readonly question: Question;
  readonly answer: QuestionAnswer;
  readonly onChange: (answer: QuestionAnswer) => void;
}

function QuestionFields({ question, answer, onChange }: QuestionFieldsProps) {
  const name = useId();
  return (
    <fieldset className="flex shrink-0 flex-col gap-1">
      <legend className="flex items-center gap-2 pb-1 text-row font-[550] wrap-anywhere">
        {question.header !== '' && <Chip tone="plain">{question.header}</Chip>}
        {question.question}
      </legend>
      {question.options.map((option, place) => (
        <label key={place} className="flex items-start gap-2 rounded-md px-1.5 py-1 text-row hover:bg-wash">
          <input
            type={question.multiSelect ? 'checkbox' : 'radio'}
            name={name}
            checked={answer.chosen.includes(place)}
            onChange={() => onChange(choose(answer, place, question.multiSelect))}
            className="mt-[3px] accent-accent"
          />
          <span className="min-w-0 wrap-anywhere">
            {option.label}
            {option.description !== '' && <span className="block text-meta text-text-2">{option.description}</span>}
          </span>
        </label>
      ))}
      <input
        value={answer.text ?? ''}
        maxLength={4000}
        aria-label={t('question.ownWordsFor', { question: question.question })}
        placeholder={t('question.ownWords')}
        onChange={(event) => onChange({ ...answer, text: event.target.value })}
        className="h-7 rounded-md border border-border-strong bg-canvas px-2.5 text-row outline-none focus:border-accent"
      />
    </fieldset>
  );
}

function trimmed({ chosen, text = '' }: QuestionAnswer): QuestionAnswer {
  return text.trim() === '' ? { chosen } : { chosen, text: text.trim() };
}
