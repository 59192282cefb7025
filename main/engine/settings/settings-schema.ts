import { z } from 'zod';

/** A wrong value counts as absent: one odd key must not take the rest of the file with it. */
const text = z.string().min(1).optional().catch(undefined);
const number = z.number().finite().positive().optional().catch(undefined);
/** -1 is "no limit". */
const limit = z.number().finite().optional().catch(undefined);
const count = z.number().int().min(0).max(1000).optional().catch(undefined);
const statuses = z
  .array(z.unknown())
  .transform((items) => items.filter((item) => typeof item === 'number'))
  .optional()
  .catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const anyObject = z.record(z.string(), z.unknown());
const objects = anyObject.optional().catch(undefined);
const section = <S extends z.ZodRawShape>(shape: S) => z.object(shape).optional().catch(undefined);
/** Keeps the members that fit and leaves out the others. */
const texts = z
  .array(z.unknown())
  .transform((items) => items.filter((item) => typeof item === 'string'))
  .optional()
  .catch(undefined);
/** One name, or a list of them. */
const oneOrMore = z
  .union([
    z.string().transform((item) => [item]),
    z.array(z.unknown()).transform((items) => items.filter((item) => typeof item === 'string')),
  ])
  .optional()
  .catch(undefined);
const textValues = anyObject
  .transform((values) =>
    Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []))),
  )
  .optional()
  .catch(undefined);

/** `generationConfig` of an entry, as far as it is used. Units: ms and tokens. Source: docs/formats.md 1.4. */
export const GenerationConfig = z.object({
  timeout: number,
  streamIdleTimeoutMs: number,
  /** Attempts after the first; 0: none. */
  maxRetries: count,
  retryInitialDelayMs: number,
  retryMaxDelayMs: number,
  /** HTTP statuses. */
  retryErrorCodes: statuses,
  contextWindowSize: number,
  customHeaders: textValues,
  extra_body: objects,
  /** Sent as it is. */
  samplingParams: objects,
  /** `false` turns thinking off; an object says how much: `effort`, `budget_tokens`. */
  reasoning: z
    .union([z.literal(false), anyObject])
    .optional()
    .catch(undefined),
  enableCacheControl: flag,
  /** What the model reads besides text; absent: what its name tells. */
  modalities: section({ image: flag, pdf: flag }),
  /** `openapi_30`: schemas of tools without what only newer drafts know. */
  schemaCompliance: text,
  /** `false`: what a tool has seen stands in its result, not in a message of its own behind it. OpenAI's protocol only. */
  splitToolMedia: flag,
  /** `parts`: a result is a list with one text. OpenAI's protocol only. */
  toolResultContentFormat: text,
});
export type GenerationConfig = z.infer<typeof GenerationConfig>;

/** One element of a `modelProviders` list. */
export const ModelEntry = z.object({
  id: z.string().min(1).max(300),
  name: text,
  envKey: text,
  baseUrl: text,
  wireApi: text,
  capabilities: section({ vision: flag }),
  generationConfig: GenerationConfig.optional().catch(undefined),
});
export type ModelEntry = z.infer<typeof ModelEntry>;

/**
 * The keys of settings.json that this program reads itself; all others are kept in the files and left alone.
 * What each one does stands in docs/settings.md.
 */
export const SettingsValues = z.object({
  modelProviders: z.record(z.string(), z.array(z.unknown()).catch([])).optional().catch(undefined),
  providerProtocol: textValues,
  env: textValues,
  proxy: text,
  general: section({ chatRecording: flag, outputLanguage: text }),
  output: section({ format: text }),
  security: section({
    auth: section({ selectedType: text, enforcedType: text, apiKey: text, baseUrl: text }),
    allowPrivateNetworkHooks: flag,
  }),
  model: section({
    name: text,
    baseUrl: text,
    generationConfig: GenerationConfig.optional().catch(undefined),
    /** How much to think, where an entry does not say it: `low`, `medium`, `high`, or what its provider knows; `none`: not at all. */
    reasoningEffort: text,
    maxSessionTurns: limit,
    maxToolCalls: limit,
    /** Unit: seconds. */
    maxWallTimeSeconds: limit,
    skipLoopDetection: flag,
    maxSubagentDepth: limit,
    /** Requests of the OpenAI protocols and their answers are kept as files, in this folder. */
    enableOpenAILogging: flag,
    openAILoggingDir: text,
    /** Share of the window at which 0.15 summarizes; 0: never. */
    chatCompression: section({ contextPercentageThreshold: limit }),
  }),
  context: section({
    fileName: oneOrMore,
    includeDirectories: oneOrMore,
    /** Share of the window at which 0.24 summarizes. */
    autoCompactThreshold: limit,
    fileFiltering: section({ respectGitIgnore: flag, respectQwenIgnore: flag, customIgnoreFiles: texts }),
  }),
  tools: section({
    approvalMode: text,
    core: texts,
    exclude: texts,
    allowed: texts,
    disabled: texts,
    /** Unit: characters. */
    truncateToolOutputThreshold: limit,
    truncateToolOutputLines: limit,
    shell: section({ defaultTimeoutMs: number }),
    listDirectory: section({ enabled: flag }),
    todoWrite: section({ enabled: flag }),
  }),
  skills: section({ disabled: texts }),
  slashCommands: section({ disabled: texts }),
  permissions: section({ allow: texts, ask: texts, deny: texts }),
  mcpServers: objects,
  mcp: section({ allowed: texts, excluded: texts, toolIdleTimeoutMs: number }),
  hooks: objects,
  disableAllHooks: flag,
  gantry: section({ shell: section({ passEnv: texts }), webFetch: section({ allowPrivate: flag }) }),
  advanced: section({ excludedEnvVars: texts }),
});
export type SettingsValues = z.infer<typeof SettingsValues>;
