import type { TranscriptItem } from '../../../../preload/contract/index.ts';
import { t } from '../../../i18n.ts';

type NoticeItem = Extract<TranscriptItem, { kind: 'notice' }>;

/** The text of a notice. Without a code, or when the text is the user's own command, it is the host's text. */
export function noticeText({ content, text }: Pick<NoticeItem, 'content' | 'text'>): string {
  if (content === undefined) return text;
  switch (content.code) {
    case 'command_answer':
      return text;
    case 'turn_interrupted':
      return t('notice.turnInterrupted');
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
