import type { NoticeContent, TaskReport, TranscriptItem, UnreadCause } from '../../../../preload/contract/index.ts';
import { t } from '../text.ts';
import { answerText } from './answer-text.ts';
import { failureText } from '../../task/index.ts';

type NoticeItem = Extract<TranscriptItem, { kind: 'notice' }>;

/** The text of a notice. Without a code, or when the text is the user's own command, it is the host's text. */
export function noticeText({ content, text }: Pick<NoticeItem, 'content' | 'text'>): string {
  if (content === undefined) return text;
  switch (content.code) {
    case 'command_answer':
      return text;
    case 'turn_interrupted':
      return t('notice.turnInterrupted');
    case 'turn_stopped':
      return t('notice.turnStopped');
    case 'file_damaged':
      return damageText(content);
    case 'commands_stopped': {
      const { count, names } = content;
      const args = { count, names: names.join(', ') };
      return count > names.length
        ? t('notice.commandsStoppedMore', { ...args, more: count - names.length })
        : t('notice.commandsStopped', args);
    }
    case 'servers_starting':
      return t('notice.serversStarting', { count: content.names.length, names: content.names.join(', ') });
    case 'time_limit':
      return t('notice.timeLimit', { seconds: content.seconds });
    case 'request_limit':
      return t('notice.requestLimit', { count: content.requests });
    case 'memory_left_out':
      return t('notice.memoryLeftOut', { count: content.count });
    case 'steps_left_out':
      return t('notice.stepsLeftOut', { count: content.count });
    case 'tasks_reported':
      return content.reports.map(reportText).join('\n');
    case 'compacted':
      return compactedText(content);
    case 'compaction_failed': {
      const { problem, isAsked } = content;
      const args = { problem: problem.code === 'other' ? problem.message : t(`notice.compactionProblem.${problem.code}`) };
      return isAsked ? t('notice.notCompacted', args) : t('notice.notCompactedRetry', args);
    }
    case 'files_unread':
      return content.files.map(({ path, cause }) => t('notice.unread', { path, cause: unreadText(cause) })).join('\n');
    case 'hook_continued':
      return t('notice.hookContinued', { message: content.message });
    case 'hook_commented':
      return t('notice.hookCommented', { message: content.message });
    case 'turn_stopped_by_hook':
      return t('notice.hookStoppedTurn', { reason: content.reason });
    case 'subagent_stopped_by_hook':
      return t('notice.hookStoppedSubagent', { reason: content.reason });
    case 'rules_not_saved':
      return t('notice.rulesNotSaved', { count: content.rules.length, rules: content.rules.join(', '), reason: content.reason });
    case 'turn_not_started':
      return t('notice.turnNotStarted', { reason: content.reason });
  }
}

/** The text below a notice: the summary of a conversation, the answer of a command. */
export function noticeDetail({ content, detail }: Pick<NoticeItem, 'content' | 'detail'>): string | undefined {
  if (content?.code === 'command_answer' && content.answer !== undefined) return answerText(content.answer);
  return content?.code === 'files_unread' ? t('notice.unreadDetail') : detail;
}

function reportText({ name, lines: found, end }: TaskReport): string {
  const isLimit = end?.code === 'line_limit' || end?.code === 'idle';
  if (found === undefined) {
    const args = { name, end: end === undefined ? '' : endText(end) };
    return isLimit ? t('notice.report.limit', args) : t('notice.report.task', args);
  }
  const lines = t('notice.report.lines', found);
  if (end === undefined) return t('notice.report.monitor', { name, lines });
  const args = { name, lines, end: endText(end) };
  return isLimit ? t('notice.report.monitorLimit', args) : t('notice.report.monitorEnded', args);
}

function endText(end: NonNullable<TaskReport['end']>): string {
  switch (end.code) {
    case 'done':
    case 'stopped':
    case 'interrupted':
      return t(`notice.report.${end.code}`);
    case 'exited':
      return t('notice.report.exited', { code: end.exitCode });
    case 'failed':
      return toClause(end.failure === undefined ? end.reason : failureText(end.failure));
    case 'line_limit':
      return t('notice.report.lineLimit', { count: end.lines });
    case 'idle':
      return t('notice.report.idle', { seconds: end.seconds });
  }
}

/** The end of a sentence that begins with the name of a task. */
function toClause(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

function compactedText({ tokens, kept }: Extract<NoticeContent, { code: 'compacted' }>): string {
  const text = tokens === undefined ? t('notice.compacted') : t('notice.compactedTokens', tokens);
  if (kept === undefined) return text;
  const last = kept.prompts > 0 ? 'prompts' : kept.steps ? 'steps' : 'none';
  return `${text} ${t('notice.kept', { last, prompts: kept.prompts, files: kept.files })}`;
}

function unreadText(cause: UnreadCause): string {
  switch (cause.code) {
    case 'too_large':
      return t('notice.unreadCause.too_large', { megabytes: cause.megabytes });
    case 'binary':
      return t('notice.unreadCause.binary', { group: cause.group });
    case 'other':
      return cause.message;
    default:
      return t(`notice.unreadCause.${cause.code}`);
  }
}

function damageText({ lines, firstLine, gaps, foreign }: Extract<NonNullable<NoticeItem['content']>, { code: 'file_damaged' }>): string {
  return [
    lines > 0 ? t('notice.damagedLines', { count: lines }) : '',
    lines > 0 && firstLine > 0 ? t('notice.damagedFirst', { line: firstLine }) : '',
    gaps > 0 ? t('notice.damagedGaps', { count: gaps }) : '',
    foreign > 0 ? t('notice.damagedForeign', { count: foreign }) : '',
  ]
    .filter((part) => part !== '')
    .join(' ');
}
