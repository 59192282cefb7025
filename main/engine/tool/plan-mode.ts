/** The tools that enter and leave plan mode. In every mode, leaving it asks the user. */
import { z } from 'zod';
import type { ApprovalMode, Question } from '../../../preload/contract/index.ts';
import { failure } from './define-tool.ts';
import { questionDisplay, type QuestionOutcome } from './questions.ts';
import type { Tool, ToolContext, ToolResult } from './tool.ts';

const NOTHING = z.object({});

export const enterPlanModeTool: Tool<z.infer<typeof NOTHING>> = {
  name: 'enter_plan_mode',
  description: 'Switch to plan mode, in which you only read, to work out a plan for the user to agree to. exit_plan_mode presents it.',
  kind: 'plan',
  deferred: true,
  input: NOTHING,
  isReadOnly: false,
  describe: () => ({ verb: 'enter', target: 'plan mode' }),

  async preview() {
    return { ok: true, action: { code: 'enter_plan_mode' }, display: { kind: 'none' }, touches: [] };
  },

  async execute(_input, context) {
    if (!context.canAsk)
      return failure('This run is unattended, so no user can approve a plan and plan mode is not entered. Continue without it.');
    if (context.mode.get() === 'plan') return done('Plan mode is on already.', 'Plan mode was on already');
    await context.mode.set('plan');
    return done(
      'Plan mode is on: files are not changed and commands do not run. Look around, then present the whole plan with exit_plan_mode.',
      'Plan mode is on',
    );
  },
};

const Plan = z.object({ plan: z.string().min(1).describe('Markdown') });

/** The user's choices, in the order of the options. `undefined`: stay in plan mode. */
interface Choice {
  readonly label: string;
  readonly description: string;
  readonly mode: ApprovalMode | undefined;
}

export const exitPlanModeTool: Tool<z.infer<typeof Plan>> = {
  name: 'exit_plan_mode',
  description: 'In plan mode: present the finished plan. The user approves it or asks for changes.',
  kind: 'plan',
  input: Plan,
  isReadOnly: false,
  describe: () => ({ verb: 'present', target: 'the plan' }),

  async preview(input, context) {
    if (context.mode.get() !== 'plan')
      return { ok: false, refusal: 'Plan mode is not on, so there is nothing to leave. Just do the work.' };
    return {
      ok: true,
      action: { code: 'leave_plan_mode' },
      display: shown(input.plan, { kind: 'left' }, choicesFor(context)),
      touches: [],
    };
  },

  async execute({ plan }, context, signal) {
    const choices = choicesFor(context);
    const outcome = await context.ask({ plan, questions: [toQuestion(choices)] }, signal);
    const display = shown(plan, outcome, choices);
    if (outcome.kind === 'unattended')
      return failure('This run is unattended, so no user can approve the plan. Give it as your answer; plan mode stays on.');
    if (outcome.kind === 'cancelled') return failure('The question was cancelled; plan mode stays on.');
    const [answer] = outcome.kind === 'answered' ? outcome.answers : [];
    const choice = choices[answer?.chosen[0] ?? -1];
    const said = answer?.text?.trim() ?? '';
    if (choice?.mode === undefined) {
      const request = said === '' ? 'Ask what should be different, or improve the plan.' : `The user says: ${said}`;
      return {
        text: `The user has not approved the plan yet; plan mode stays on. ${request}`,
        display,
        isError: false,
        summary: 'Keep planning',
      };
    }
    await context.mode.set(choice.mode);
    const note = said === '' ? '' : ` They add: ${said}`;
    const text = `The user agreed to the plan; the mode is now ${choice.mode}. Carry the plan out.${note}`;
    return { text, display, isError: false, summary: `Agreed: ${choice.label}` };
  },
};

function choicesFor({ mode }: ToolContext): readonly Choice[] {
  const before = mode.beforePlan();
  const isWorthNaming = before !== undefined && before !== 'plan' && before !== 'default' && before !== 'auto-edit';
  return [
    ...(isWorthNaming ? [{ label: `Yes, back to ${before}`, description: 'The mode before planning', mode: before }] : []),
    { label: 'Yes, and edit files without asking', description: 'Commands still ask', mode: 'auto-edit' },
    { label: 'Yes, and ask before each change', description: 'Edits and commands ask', mode: 'default' },
    { label: 'Keep planning', description: 'Say below what should be different', mode: undefined },
  ];
}

function toQuestion(choices: readonly Choice[]): Question {
  const options = choices.map(({ label, description }) => ({ label, description }));
  return { header: 'Plan', question: 'Carry out this plan?', options, multiSelect: false };
}

function shown(plan: string, outcome: QuestionOutcome, choices: readonly Choice[]) {
  return questionDisplay({ plan, questions: [toQuestion(choices)] }, outcome);
}

function done(text: string, summary: string): ToolResult {
  return { text, display: { kind: 'none' }, isError: false, summary };
}
