/**
 * The agent's own questions as permission requests. Pure. A client of Qwen Code answers all questions of a call at once, in
 * `answers`; another editor knows only buttons, so it gets one request for each question, with a button for each choice.
 */
import type { PermissionOption, RequestPermissionRequest } from '@agentclientprotocol/sdk';
import type { Question, QuestionAnswer, SessionId, ToolDisplay, ToolItem } from '../../preload/contract/index.ts';
import { chosenOption, field } from './permission.ts';
import { textContent, toEditorKind, toToolMeta } from './tool-updates.ts';

export type QuestionDisplay = Extract<ToolDisplay, { kind: 'question' }>;

export interface AskedQuestion {
  readonly sessionId: SessionId;
  readonly item: ToolItem;
  readonly display: QuestionDisplay;
  readonly input: ToolItem['input'];
}

const CHOICE = /^choice_(\d+)$/;
const DECLINE: PermissionOption = { optionId: 'cancel', name: 'Cancel', kind: 'reject_once' };

/** `at`: which question, from 0. */
export function toQuestionRequest({ sessionId, item, display, input = {} }: AskedQuestion, at: number): RequestPermissionRequest {
  const question = display.questions[at];
  const isPlan = display.plan !== undefined;
  const lines = question === undefined || isPlan ? [] : [question.question, ...question.options.map(describeOption)];
  return {
    sessionId,
    options: isPlan ? planOptions(display) : questionOptions(question),
    toolCall: {
      toolCallId: item.id,
      status: 'pending',
      title: isPlan ? 'Carry out this plan?' : (question?.question ?? ''),
      content: [textContent(display.plan ?? lines.join('\n'))],
      locations: [],
      kind: toEditorKind(item.name, item.toolKind),
      rawInput: input,
      _meta: {
        ...toToolMeta(item),
        ...(isPlan ? {} : { qwenInteractionKind: 'user_question', qwenQuestions: display.questions }),
      },
    },
  };
}

function describeOption({ label, description }: Question['options'][number]): string {
  return description === '' ? `- ${label}` : `- ${label}: ${description}`;
}

function questionOptions(question: Question | undefined): PermissionOption[] {
  const choices = (question?.options ?? []).map(
    ({ label }, index): PermissionOption => ({
      ...{ optionId: `choice_${index}`, name: label, kind: 'allow_once' },
    }),
  );
  return [
    ...choices,
    { optionId: 'proceed_once', name: choices.length === 0 ? 'Submit' : 'Let the agent decide', kind: 'allow_once' },
    DECLINE,
  ];
}

/** The last choice of a plan is to go on planning, the one before it asks before each change. */
const PLAN_OPTIONS = [
  { optionId: 'cancel', kind: 'reject_once' },
  { optionId: 'proceed_once', kind: 'allow_once' },
  { optionId: 'proceed_always', kind: 'allow_always' },
  { optionId: 'restore_previous', kind: 'allow_once' },
] as const;

function planOptions({ questions }: QuestionDisplay): PermissionOption[] {
  const choices = questions[0]?.options ?? [];
  return choices.flatMap(({ label }, index) => {
    const option = PLAN_OPTIONS[choices.length - 1 - index];
    return option === undefined ? [] : [{ ...option, name: label }];
  });
}

/** `all`: the answers to every question; `one`: the answer to this one; undefined: the user does not answer. */
export type QuestionReply =
  | { readonly kind: 'all'; readonly answers: readonly QuestionAnswer[] }
  | { readonly kind: 'one'; readonly answer: QuestionAnswer }
  | undefined;

export function readReply(reply: unknown, display: QuestionDisplay): QuestionReply {
  const optionId = chosenOption(reply);
  if (optionId === undefined) return undefined;
  if (display.plan !== undefined) {
    const choices = display.questions[0]?.options.length ?? 0;
    const place = PLAN_OPTIONS.findIndex((option) => option.optionId === optionId);
    return { kind: 'all', answers: [{ chosen: [Math.max(0, choices - 1 - Math.max(0, place))] }] };
  }
  if (optionId === DECLINE.optionId) return undefined;
  const given = field(reply, 'answers');
  if (typeof given === 'object' && given !== null)
    return { kind: 'all', answers: display.questions.map((question, at) => wordsOf(question, given, at)) };
  const choice = CHOICE.exec(optionId)?.[1];
  return { kind: 'one', answer: { chosen: choice === undefined ? [] : [Number(choice)] } };
}

/** Qwen Code's clients name a question by its place, its heading or its text, and separate several labels with commas. */
function wordsOf(question: Question, given: object, at: number): QuestionAnswer {
  const value = [String(at), question.header, question.question].map((key) => field(given, key)).find((each) => each !== undefined);
  const text = Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : '';
  const exact = question.options.findIndex(({ label }) => label === text.trim());
  if (exact !== -1) return { chosen: [exact] };
  const labels = text.split(',').map((label) => label.trim());
  const chosen = labels.map((label) => question.options.findIndex((option) => option.label === label));
  if (question.multiSelect && chosen.every((place) => place !== -1)) return { chosen: [...new Set(chosen)] };
  return { chosen: [], text: text.slice(0, 4000) };
}
