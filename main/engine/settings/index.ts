/** Settings files, the environment for key lookup, and Gantry's own small state files. */
export { type GantryState, openGantryState, openTrustRecord, type TrustRecord } from './gantry-files.ts';
export type { JsonStore } from './json-store.ts';
export { createSettings, type SettingsDeps } from './layered-settings.ts';
export type { LayeredSettings, LookupEnvironment, SettingsProject, SettingsReading, SettingsScope } from './settings-api.ts';
export { resolveVariables } from './resolve-variables.ts';
export { type RunSettings, toRunSettings } from './run-settings.ts';
export type { SettingsEdit } from './edit-settings.ts';
export { type GenerationConfig, ModelEntry, type SettingsValues } from './settings-schema.ts';
export { valueAt } from './value-at.ts';
export { createSettingsScreen, type SettingsScreenDeps, startingMode } from './settings-screen.ts';
