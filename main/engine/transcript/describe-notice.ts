/**
 * Notices in English: for hosts without a window, exports, session files that other programs read, and the model. The window has its
 * own text for each code. Pure.
 */
import type { CompactionKept, CompactionProblem, NoticeContent, TaskReport } from '../../../preload/contract/index.ts';
import { amount } from '../lib/amount.ts';

type Described = Extract<
  NoticeContent,
  {
    code:
      | 'tasks_reported'
      | 'compacted'
      | 'compaction_failed'
      | 'hook_continued'
      | 'hook_commented'
      | 'turn_stopped'
      | 'turn_stopped_by_hook'
      | 'subagent_stopped_by_hook'
      | 'rules_not_saved'
      | 'turn_not_started';
  }
>;

export function describeNotice(content: Described): string {
  switch (content.code) {
    case 'tasks_reported':
      return content.reports.map(describeReport).join('\n');
    case 'compacted':
      return [describeSummary(content.tokens), ...(content.kept === undefined ? [] : [describeKept(content.kept)])].join(' ');
    case 'compaction_failed':
      return `The conversation could not be summarized and was not changed: ${describeProblem(content.problem)}${content.isAsked ? '' : ' To try again, use /compress.'}`;
    case 'hook_continued':
      return `A hook continued the turn: ${content.message}`;
    case 'hook_commented':
      return `A hook's message about these calls: ${content.message}`;
    case 'turn_stopped':
      return 'You stopped the turn.';
    case 'turn_stopped_by_hook':
      return `A hook stopped the turn: ${content.reason}`;
    case 'subagent_stopped_by_hook':
      return `A hook stopped a subagent: ${content.reason}`;
    case 'rules_not_saved':
      return `The rule ${content.rules.join(', ')} could not be written, so the answer applies to this call only. ${content.reason}`;
    case 'turn_not_started':
      return `The turn could not start: ${content.reason}`;
  }
}

function describeReport({ name, lines, end }: TaskReport): string {
  const endsByItself = lines === undefined && end?.code !== 'line_limit' && end?.code !== 'idle';
  return `${name}${endsByItself ? '' : ':'} ${describeUpdate({ lines, end })}`;
}

/** The lines of a monitor since its last report, and the end of a task. */
export function describeUpdate({ lines, end }: Omit<TaskReport, 'name'>): string {
  const dropped = lines === undefined || lines.dropped === 0 ? '' : ` (${lines.dropped} more in the output file only)`;
  const parts = lines === undefined ? [] : [`${amount(lines.count, 'line')}${dropped}`];
  if (end?.code === 'line_limit') parts.push(`stopped at its limit of ${amount(end.lines, 'line')}`);
  else if (end?.code === 'idle') parts.push(`stopped after ${end.seconds} s without output`);
  else if (end !== undefined) parts.push(`ended: ${describeEnd(end)}`);
  return parts.join('; ');
}

export function describeEnd(end: Exclude<NonNullable<TaskReport['end']>, { code: 'line_limit' | 'idle' }>): string {
  switch (end.code) {
    case 'done':
      return 'done';
    case 'stopped':
      return 'stopped';
    case 'interrupted':
      return 'stopped when Gantry ended';
    case 'exited':
      return `exited ${end.exitCode}`;
    case 'failed':
      return end.reason.charAt(0).toLowerCase() + end.reason.slice(1);
  }
}

function describeSummary(tokens: { readonly before: number; readonly after: number } | undefined): string {
  return tokens === undefined
    ? 'Earlier conversation was summarized to free context.'
    : `Earlier conversation was summarized: ${tokens.before.toLocaleString('en')} → ${tokens.after.toLocaleString('en')} tokens.`;
}

export function describeKept({ prompts, steps, files }: CompactionKept): string {
  const last =
    prompts > 0
      ? `the last ${prompts === 1 ? 'prompt' : amount(prompts, 'prompt')} with what followed`
      : steps
        ? 'the last steps of the running turn'
        : '';
  const paths = files > 0 ? `the paths of ${amount(files, 'file')}` : '';
  return `Kept: ${['the summary', last, paths].filter((part) => part !== '').join(', ')}. The whole conversation can still be read here.`;
}

export function describeProblem(problem: CompactionProblem): string {
  switch (problem.code) {
    case 'longer':
      return 'The summary was longer than the messages it would replace.';
    case 'unfinished':
      return 'The answer ended without an end marker.';
    case 'too_long':
      return 'The summary did not fit into one answer.';
    case 'empty':
      return 'The model sent no summary.';
    case 'other':
      return problem.message;
  }
}
