/** Files in prompts: finding them by a few letters, and giving the model what `@path` names. */
export { createPathLists, type PathLists } from './path-lists.ts';
export { expandPrompt, type PromptContent } from './expand-prompt.ts';
export { mediaTypeOf } from './media-type.ts';
export { rankPaths } from './rank-paths.ts';
