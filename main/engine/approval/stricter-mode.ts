import type { ApprovalMode } from '../../../preload/contract/index.ts';

const STRICTNESS: readonly ApprovalMode[] = ['plan', 'default', 'auto-edit', 'yolo'];

/** The one that lets less run without a question. Pure. */
export function stricterMode(a: ApprovalMode, b: ApprovalMode): ApprovalMode {
  return STRICTNESS.indexOf(a) <= STRICTNESS.indexOf(b) ? a : b;
}
