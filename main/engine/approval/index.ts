/** Decides whether a call may run: rules, modes, protected paths, the approval by the user. */
export { type ApprovalBroker, type ApprovalRequest, createApprovalBroker } from './approval-broker.ts';
export { createApprovals } from './approvals.ts';
export { parseRule, type PermissionRule } from './permission-rule.ts';
export type { PermissionLists } from './permission-rules.ts';
export type { PermissionStore } from './permission-store.ts';
export { classifyPath, type PathFacts } from './protected-paths.ts';
export type { Exclusions } from './shell/exclusions.ts';
export { lookAtCommand, type ShellFacts } from './shell/shell-facts.ts';
export type { ToolPreview } from './tool-preview.ts';
export { deniedReads, hiddenFiles } from './hidden-files.ts';
export { describeAction } from './approval-action.ts';
export type { RunPlan } from './shell/run/plan-run.ts';
