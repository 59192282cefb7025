/** Tools: their contract, the built-in ones, their registry and the execution of a call. */
export { createBuiltinTools } from './builtin-tools.ts';
export { outputForDisplay, outputForModel, processEnd, statusInWords } from './command/bounded-output.ts';
export { defineTool } from './define-tool.ts';
export { createDocumentFs } from './file/document-fs.ts';
export { diffDisplay } from './file/file-diff.ts';
export { isPdf, kindOfBinary } from './file/file-kind.ts';
export { decodeFile } from './file/text-format.ts';
export { absolutePath } from './paths.ts';
export { createQuestions, type Questions } from './questions.ts';
export { cancelledOutcome, prepareCall, runTool, type ToolOutcome } from './run-tool.ts';
export { whyExcluded } from './search/ignore-files.ts';
export { createRipgrep, type RipgrepRunner, SEARCH_TIMEOUT_MS, type SearchPlaces } from './search/ripgrep.ts';
export { createStructuredOutputTool, STRUCTURED_OUTPUT } from './structured-output.ts';
export { chooseTools } from './tool-choice.ts';
export { createToolRegistry, type ToolRegistry } from './tool-registry.ts';
export type { FileReads, ReadState, Todo, Tool, ToolContext, ToolResult } from './tool.ts';
