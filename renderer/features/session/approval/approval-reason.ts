import type { Approval } from '../../../../preload/contract/index.ts';
import { t } from '../../../i18n.ts';

/** Why the call needs approval. A reason that describes the command itself comes from the host as text. */
export function approvalReason({ cause, reason }: Pick<Approval, 'cause' | 'reason'>): string {
  if (cause === undefined) return reason;
  switch (cause.code) {
    case 'edits':
    case 'commands':
    case 'interrupted':
      return t(`approval.cause.${cause.code}`);
    case 'tool':
      return t('approval.cause.tool', { tool: cause.tool });
    case 'rule':
      return t('approval.cause.rule', { rule: cause.rule });
    case 'protected':
    case 'outside':
      return t(`approval.cause.${cause.code}`, { path: cause.path });
  }
}
