import type { ApprovalCause } from '../../../preload/contract/index.ts';
import { assertNever } from '../lib/assert-never.ts';

/** The text for the model, for hosts without a window, and for a refusal in an unattended run. */
export function describeCause(cause: ApprovalCause): string {
  switch (cause.code) {
    case 'edits':
      return 'File changes need approval in this mode';
    case 'commands':
      return 'Commands that can change something need approval in this mode';
    case 'tool':
      return `${cause.tool} needs approval in this mode`;
    case 'rule':
      return `Your rule ${cause.rule} requires approval`;
    case 'protected':
      return `Protected file: ${cause.path}`;
    case 'outside':
      return `Outside the project: ${cause.path}`;
    case 'interrupted':
      return 'Gantry ended before the call ran';
    default:
      return assertNever(cause);
  }
}
