import { failureSignal, type TaskFailure, type TaskSummary } from '../../../preload/contract/index.ts';
import { t } from '../../i18n.ts';

/** Why a task failed or was interrupted; undefined: it did neither. A reason without a code is the host's text. */
export function taskProblem({ status, error, failure }: Pick<TaskSummary, 'status' | 'error' | 'failure'>): string | undefined {
  if (status === 'interrupted') return t('task.state.interrupted');
  return failure === undefined ? error : failureText(failure);
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
