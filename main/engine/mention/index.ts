/** Files in prompts: finding them by a few letters, and giving the model what `@path` names. */
export { createPathLists, type PathLists } from './path-lists.ts';
export { expandPrompt, NO_CONTENT, type PromptContent } from './expand-prompt.ts';
export { rankPaths } from './rank-paths.ts';
