/**
 * Questions of the agent for a program that controls the run: a waiting `ask_user_question` or `exit_plan_mode` becomes a
 * `can_use_tool` request, and the program's answer becomes the user's. Pure. Source: docs/formats.md 3.4.
 */
import type { Question, QuestionAnswer, ToolItem } from '../../../preload/contract/index.ts';
import { isRecord } from '../small-json.ts';

export type AskedQuestion = Extract<ToolItem['display'], { kind: 'question' }>;

/** The question that the call waits for; undefined: it waits for none. */
export function waitingQuestion({ display, status }: ToolItem): AskedQuestion | undefined {
  return display.kind === 'question' && display.state === 'asked' && status === 'running' ? display : undefined;
}

/**
 * Undefined: not answered. A plan is agreed to by allowing it, with the option that allows the least. Answers to questions are
 * `updatedInput.answers`, by the place of the question ("0") or its text or header: labels, separated by commas, or other words.
 */
export function answersOf(
  asked: AskedQuestion,
  answer: Readonly<Record<string, unknown>> | undefined,
): readonly QuestionAnswer[] | undefined {
  if (answer === undefined) return undefined;
  const { behavior, updatedInput, message } = answer;
  const isAllowed = typeof behavior === 'string' && behavior.toLowerCase() === 'allow';
  if (asked.plan !== undefined) return asked.questions.map(({ options }) => planAnswer(options.length, isAllowed, message));
  if (!isAllowed) return undefined;
  const given = isRecord(updatedInput) && isRecord(updatedInput['answers']) ? updatedInput['answers'] : {};
  return asked.questions.map((question, at) => toAnswer(question, given[String(at)] ?? given[question.question] ?? given[question.header]));
}

/** The last option keeps planning, and the one before it asks before each change. */
function planAnswer(options: number, isAllowed: boolean, message: unknown): QuestionAnswer {
  const said = typeof message === 'string' && message !== '' ? { text: message.slice(0, MAX_TEXT_CHARS) } : {};
  return isAllowed ? { chosen: [options - 2] } : { chosen: [options - 1], ...said };
}

/** Unit: UTF-16 code units. */
const MAX_TEXT_CHARS = 4000;

function toAnswer({ options, multiSelect }: Question, given: unknown): QuestionAnswer {
  const said = (Array.isArray(given) ? given.map(String).join(', ') : typeof given === 'string' ? given : '').trim();
  const place = (text: string) => options.findIndex(({ label }) => label.trim().toLowerCase() === text.trim().toLowerCase());
  const whole = place(said);
  if (whole !== -1) return { chosen: [whole] };
  const places = multiSelect ? said.split(',').map(place) : [-1];
  if (!places.includes(-1)) return { chosen: [...new Set(places)] };
  return { chosen: [], ...(said === '' ? {} : { text: said.slice(0, MAX_TEXT_CHARS) }) };
}
