/** Commands sandboxed by the system: detection, wrapping, and a description of its state. */
export { createSandbox, type Sandbox, type SandboxDeps, type SandboxedShell, type SandboxPlace, type SandboxSettings } from './sandbox.ts';
export { describeSandbox, describeWall, type WallState } from './describe-sandbox.ts';
export { toSandboxSettings } from './sandbox-settings.ts';
export type { WrappedShell } from './exit-relay.ts';
export type { SandboxBackend, SandboxLimits } from './sandbox-plan.ts';
