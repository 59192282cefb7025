/** Commands sandboxed by the system: detection, wrapping, and a description of its state. */
export { createSandbox, type Sandbox, type SandboxDeps, type SandboxedShell, type SandboxPlace, type SandboxSettings } from './sandbox.ts';
export { describeSandbox } from './describe-sandbox.ts';
export { toSandboxSettings } from './sandbox-settings.ts';
export type { SandboxBackend, SandboxLimits, WrappedShell } from './sandbox-plan.ts';
