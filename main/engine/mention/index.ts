/** Files in prompts: searching them by a few letters, and including the contents that `@path` names. */
export { createPathLists, type PathLists } from './path-lists.ts';
export { expandPrompt, type PromptContent, type UnreadFile } from './expand-prompt.ts';
export { detectMediaType } from './media-type.ts';
export { rankPaths } from './rank-paths.ts';
