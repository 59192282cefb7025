import type { RequestProblem, RunningTurn } from '../../../../preload/contract/index.ts';
import { t } from '../text.ts';

/** Why a request is retried. Without a code it is the message of the error. */
export function retryReason({ reason, problem }: Pick<NonNullable<RunningTurn['retry']>, 'reason' | 'problem'>): string {
  if (problem === undefined) return reason;
  const text = problemText(problem);
  return 'said' in problem && problem.said !== undefined ? t('requestProblem.said', { problem: text, said: problem.said }) : text;
}

function problemText(problem: RequestProblem): string {
  switch (problem.code) {
    case 'no_end':
    case 'no_text':
    case 'empty':
      return t(`requestProblem.${problem.code}`);
    case 'silent':
    case 'silent_midway':
      return t(`requestProblem.${problem.code}`, { provider: problem.provider, seconds: problem.seconds });
    case 'server_error':
    case 'too_slow':
      return t(`requestProblem.${problem.code}`, { provider: problem.provider, status: problem.httpStatus });
    default:
      return t(`requestProblem.${problem.code}`, { provider: problem.provider });
  }
}
