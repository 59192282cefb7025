import { z } from 'zod';

/** A wrong value counts as absent: one odd key must not take the rest of the file with it. */
const text = z.string().min(1).optional().catch(undefined);
const number = z.number().finite().positive().optional().catch(undefined);
const anyObject = z.record(z.string(), z.unknown());
const section = <S extends z.ZodRawShape>(shape: S) => z.object(shape).optional().catch(undefined);
/** Keeps the members that fit and leaves out the others. */
const texts = z
  .array(z.unknown())
  .transform((items) => items.filter((item) => typeof item === 'string'))
  .optional()
  .catch(undefined);
const textValues = anyObject
  .transform((values) =>
    Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []))),
  )
  .optional()
  .catch(undefined);

/** `generationConfig` of an entry, as far as it is used. Units: ms and tokens. Source: qwen-code.md 1.4. */
export const GenerationConfig = z.object({
  timeout: number,
  streamIdleTimeoutMs: number,
  contextWindowSize: number,
  customHeaders: textValues,
  extra_body: anyObject.optional().catch(undefined),
  /** Sent as it is. */
  samplingParams: anyObject.optional().catch(undefined),
});
export type GenerationConfig = z.infer<typeof GenerationConfig>;

/** One element of a `modelProviders` list. */
export const ModelEntry = z.object({
  id: z.string().min(1).max(300),
  name: text,
  envKey: text,
  baseUrl: text,
  wireApi: text,
  generationConfig: GenerationConfig.optional().catch(undefined),
});
export type ModelEntry = z.infer<typeof ModelEntry>;

/** The keys of settings.json that this program reads itself; all others are kept in the files and left alone. */
export const SettingsValues = z.object({
  modelProviders: z.record(z.string(), z.array(z.unknown()).catch([])).optional().catch(undefined),
  providerProtocol: textValues,
  env: textValues,
  security: section({ auth: section({ selectedType: text, apiKey: text, baseUrl: text }) }),
  model: section({ name: text, baseUrl: text }),
  tools: section({ approvalMode: text }),
  gantry: section({ shell: section({ passEnv: texts }) }),
  advanced: section({ excludedEnvVars: texts }),
});
export type SettingsValues = z.infer<typeof SettingsValues>;
