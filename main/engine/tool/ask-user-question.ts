import { z } from 'zod';
import type { Question, QuestionAnswer } from '../../../preload/contract/index.ts';
import { failure } from './define-tool.ts';
import { questionDisplay } from './questions.ts';
import type { Tool } from './tool.ts';

const Input = z.object({
  questions: z
    .array(
      z.object({
        question: z.string().min(1).max(1000),
        header: z.string().max(40).optional().describe('At most 12 characters'),
        options: z
          .array(z.object({ label: z.string().min(1).max(200), description: z.string().max(500).optional() }))
          .min(2)
          .max(4),
        multiSelect: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(4),
});
type Input = z.infer<typeof Input>;

/** Asks the user, in every mode, and waits. The user can also answer with free text. */
export const askUserQuestionTool: Tool<Input> = {
  name: 'ask_user_question',
  description: 'Ask the user when a choice is theirs and you cannot find it out. They may also answer in their own words.',
  kind: 'plan',
  input: Input,
  isReadOnly: false,
  describe: (input) => ({ verb: 'ask', target: input.questions[0]?.question ?? '' }),

  async preview(input) {
    return {
      ok: true,
      action: { code: 'ask_user' },
      display: questionDisplay({ questions: toQuestions(input) }, { kind: 'left' }),
      touches: [],
    };
  },

  async execute(input, context, signal) {
    const asked = { questions: toQuestions(input) };
    const outcome = await context.ask(asked, signal);
    const display = questionDisplay(asked, outcome);
    const result = (text: string, summary: string) => ({ text, display, isError: false, summary });
    switch (outcome.kind) {
      case 'answered': {
        const lines = asked.questions.map((question, at) => answerLine(question, outcome.answers[at]));
        return result(`The user answered:\n${lines.join('\n')}`, lines.join('; '));
      }
      case 'left':
        return result('The user did not want to answer. Decide for yourself, or ask in your answer.', 'Not answered');
      case 'unattended':
        return failure('This run is unattended, so no user can answer. Decide yourself and state your assumptions in your answer.');
      case 'cancelled':
        return failure('The question was cancelled.');
      default:
        return outcome satisfies never;
    }
  },
};

function toQuestions(input: Input): readonly Question[] {
  return input.questions.map(({ question, header = '', options, multiSelect = false }) => ({
    question,
    header,
    multiSelect,
    options: options.map(({ label, description = '' }) => ({ label, description })),
  }));
}

function answerLine({ question, options }: Question, answer: QuestionAnswer | undefined): string {
  const chosen = (answer?.chosen ?? []).flatMap((at) => options[at]?.label ?? []);
  const said = answer?.text?.trim() ?? '';
  const words = [...chosen, ...(said === '' ? [] : [`in their own words: ${said}`])];
  return `- ${question} ${words.length === 0 ? 'No choice: decide for yourself.' : words.join(', ')}`;
}
