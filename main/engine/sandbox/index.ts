/** Commands kept in by the system: detection, wrapping, and its state in words. */
export { createSandbox, type Sandbox, type SandboxDeps, type SandboxedShell, type SandboxPlace, type SandboxSettings } from './sandbox.ts';
export { sandboxSettingsOf } from './sandbox-settings.ts';
export type { SandboxBackend, SandboxWish, WrappedShell } from './sandbox-plan.ts';
