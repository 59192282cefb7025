import { ApprovalMode } from '../../../preload/contract/index.ts';

/**
 * The mode that settings, flags, agents and other programs name; undefined: none. In Qwen Code a model judges the calls of the mode
 * `auto`; here no model does, so it is the mode that allows the same edits. Pure.
 */
export function toApprovalMode(written: unknown): ApprovalMode | undefined {
  const spelled = written === 'autoEdit' || written === 'auto_edit' || written === 'auto' ? 'auto-edit' : written;
  return ApprovalMode.safeParse(spelled).data;
}
