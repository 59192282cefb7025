import { type CommandEnd, failureSignal, type TaskFailure, type TaskSummary, type ToolItem } from '../../../preload/contract/index.ts';
import { t } from '../../i18n.ts';

/** Why a task failed or was interrupted; undefined: it did neither. A reason without a code is the host's text. */
export function taskProblem({ status, error, failure }: Pick<TaskSummary, 'status' | 'error' | 'failure'>): string | undefined {
  if (status === 'interrupted') return t('task.state.interrupted');
  return failure === undefined ? error : failureText(failure);
}

/** What the user should know about how it runs; undefined: nothing. */
export function noticeText({ notice }: Pick<TaskSummary, 'notice'>): string | undefined {
  switch (notice?.code) {
    case undefined:
      return undefined;
    case 'no_terminal':
      return t('task.notice.noTerminal', { reason: notice.reason });
    case 'losing_output':
      return t('task.notice.losingOutput', { reason: notice.reason });
  }
}

export function failureText(failure: TaskFailure): string {
  const found = failureSignal(failure);
  switch (failure.code) {
    case 'exited':
      return found === undefined
        ? t('task.failure.exited', { code: failure.exitCode })
        : t('task.failure.exitedNamed', { code: failure.exitCode, ...found });
    case 'signal':
      return found === undefined ? t('task.failure.signal', { signal: failure.signal }) : t('task.failure.signalNamed', found);
    case 'timed_out':
      return failure.limitMs === undefined
        ? t('task.failure.timedOut')
        : t('task.failure.timedOutAfter', { seconds: failure.limitMs / 1000 });
  }
}

/** Why a call has no result; undefined: it has one, or has not ended. Without a code it is the text of the tool or the file. */
export function toolProblem({ problem, error }: Pick<ToolItem, 'problem' | 'error'>): string | undefined {
  return problem === undefined ? error : t(`tool.problem.${problem}`);
}

/** The sentence below the output of an ended command. A command of an earlier version has only the text. */
export function commandRemark(item: Pick<ToolItem, 'display' | 'problem' | 'error'>): string | undefined {
  const shell = item.display.kind === 'shell' ? item.display : undefined;
  if (shell?.end !== undefined) return endText(shell.end);
  if (shell?.outcome === 'completed' && shell.exitCode !== undefined) return t('task.failure.exited', { code: shell.exitCode });
  return shell?.summary ?? toolProblem(item);
}

function endText(end: CommandEnd): string {
  switch (end.code) {
    case 'exited':
    case 'signal':
    case 'timed_out':
      return failureText(end);
    default:
      return t(`task.end.${end.code}`);
  }
}
