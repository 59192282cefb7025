import { LazyMarkdown } from '../markdown/LazyMarkdown.tsx';
import type { QuestionDisplay } from './open-question.ts';
import { t } from '../text.ts';

/** The question and its answer, below the row of the call. */
export function QuestionRecord({ display }: { readonly display: QuestionDisplay }) {
  return (
    <div className="flex flex-col gap-2 text-row">
      {display.plan !== undefined && <LazyMarkdown text={display.plan} />}
      <dl className="flex flex-col gap-1">
        {display.questions.map((question, at) => {
          const answer = display.answers?.[at];
          const chosen = (answer?.chosen ?? []).flatMap((place) => question.options[place]?.label ?? []);
          const words = [...chosen, ...(answer?.text === undefined ? [] : [answer.text])].join(', ');
          return (
            <div key={at}>
              <dt className="text-text-2">{question.question}</dt>
              <dd className="wrap-anywhere text-text-1">{words === '' ? t('question.notAnswered') : words}</dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}
