/** The folders the user works in. */
export { type CollectedKeys, collectingStore, createCollectedKeys } from './collected-keys.ts';
export type { ExtensionSettings } from './extension-settings.ts';
export type { McpServerSource, McpSettings } from './mcp-settings.ts';
export type { ProjectContext, ProjectDirectory } from './project-api.ts';
export { createProjects, type ProjectsDeps } from './projects.ts';
export { shellOutputFolder } from './session-paths.ts';
