import type { ApprovalMode } from '../../../preload/contract/index.ts';

const STRICTNESS: readonly ApprovalMode[] = ['plan', 'default', 'auto-edit', 'yolo'];

/** The mode that runs fewer calls without an approval. Pure. */
export function stricterMode(a: ApprovalMode, b: ApprovalMode): ApprovalMode {
  return STRICTNESS.indexOf(a) <= STRICTNESS.indexOf(b) ? a : b;
}
