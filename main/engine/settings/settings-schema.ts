import { z } from 'zod';

/** An invalid value counts as absent: one wrong key must not invalidate the rest of the file. */
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
/** Keeps the valid members and drops the others. */
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

/** The used part of an entry's `generationConfig`. Units: ms and tokens. Source: docs/formats.md 1.4. */
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
  /** Sent unchanged. */
  samplingParams: objects,
  /** `false` turns thinking off; an object sets how much: `effort`, `budget_tokens`. */
  reasoning: z
    .union([z.literal(false), anyObject])
    .optional()
    .catch(undefined),
  enableCacheControl: flag,
  /** The media that the model reads besides text; absent: inferred from its name. */
  modalities: section({ image: flag, pdf: flag }),
  /** `openapi_30`: tool schemas without keywords that only newer drafts know. */
  schemaCompliance: text,
  /** `false`: media that a tool has read is inside its result, not in a separate message after it. OpenAI's protocol only. */
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
 * The keys of settings.json that this program reads itself; it keeps all others in the files unchanged. docs/settings.md
 * describes each one.
 */
export const SettingsValues = z.object({
  modelProviders: z.record(z.string(), z.array(z.unknown()).catch([])).optional().catch(undefined),
  providerProtocol: textValues,
  env: textValues,
  proxy: text,
  general: section({ chatRecording: flag, outputLanguage: text }),
  output: section({ format: text }),
  memory: section({ enableManagedAutoMemory: flag }),
  security: section({
    auth: section({ selectedType: text, enforcedType: text, apiKey: text, baseUrl: text }),
    allowPrivateNetworkHooks: flag,
  }),
  model: section({
    name: text,
    baseUrl: text,
    generationConfig: GenerationConfig.optional().catch(undefined),
    /**
     * How much to think if an entry does not set it: `low`, `medium`, `high`, or a value that its provider knows; `none`: not at
     * all.
     */
    reasoningEffort: text,
    maxSessionTurns: limit,
    maxToolCalls: limit,
    /** Unit: seconds. */
    maxWallTimeSeconds: limit,
    skipLoopDetection: flag,
    maxSubagentDepth: limit,
    /** Requests of the OpenAI protocols and their answers are written to files in this folder. */
    enableOpenAILogging: flag,
    openAILoggingDir: text,
    /** The share of the context window at which 0.15 summarizes; 0: never. */
    chatCompression: section({ contextPercentageThreshold: limit }),
  }),
  context: section({
    fileName: oneOrMore,
    includeDirectories: oneOrMore,
    /** The share of the context window at which 0.24 summarizes. */
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
