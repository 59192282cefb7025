import { z } from 'zod';
import { ErrorCode } from './errors.ts';
import { ProviderId } from './ids.ts';

/** How a provider is spoken to over the wire. */
export const WireProtocol = z.enum(['openai', 'openai-responses', 'anthropic', 'gemini', 'vertex-ai']);
export type WireProtocol = z.infer<typeof WireProtocol>;

export const Protocol = z.enum([...WireProtocol.options, 'demo']);
export type Protocol = z.infer<typeof Protocol>;

/** Which store a key comes from; the first that has one wins, in this order. */
export const KeySource = z.enum(['environment', 'dotenv', 'keyring', 'file', 'settings_env', 'auth_settings', 'none_needed', 'missing']);
export type KeySource = z.infer<typeof KeySource>;

/** What may be known of a key. There is no request that reads one. */
export const KeyState = z.object({
  source: KeySource,
  last4: z.string().max(4).optional(),
  /** A saved key that a source of higher rank hides. */
  shadowed: KeySource.optional(),
});
export type KeyState = z.infer<typeof KeyState>;

export const ModelSummary = z.object({
  id: z.string(),
  name: z.string().optional(),
  contextWindowTokens: z.number().optional(),
  /** Of what it does not take a message says that it was left out. */
  takesImages: z.boolean().optional(),
  takesPdf: z.boolean().optional(),
});
export type ModelSummary = z.infer<typeof ModelSummary>;

/** The group of `modelProviders` entries with one protocol, base URL and key variable. */
export const ProviderSummary = z.object({
  id: ProviderId,
  protocol: Protocol,
  name: z.string(),
  baseUrl: z.string(),
  envKey: z.string().optional(),
  models: z.array(ModelSummary),
  scope: z.enum(['builtin', 'user', 'project', 'system']),
  key: KeyState,
  /** False for a project's base URL that nobody has agreed to send a key to. */
  endpointTrusted: z.boolean(),
});
export type ProviderSummary = z.infer<typeof ProviderSummary>;

/** A provider as it is written to the user's settings.json. */
export const ProviderDraft = z.object({
  name: z.string().min(1).max(100),
  protocol: WireProtocol,
  baseUrl: z.url({ protocol: /^https?$/ }).max(2000),
  envKey: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name: letters, digits and _')
    .max(200)
    .optional(),
  models: z
    .array(
      z.object({
        id: z.string().min(1).max(300),
        name: z.string().max(300).optional(),
        contextWindowTokens: z.number().int().positive().optional(),
      }),
    )
    .max(500),
});
export type ProviderDraft = z.infer<typeof ProviderDraft>;

export const ProviderPreset = z.object({
  name: z.string(),
  /** Absent: `openai`. */
  protocol: WireProtocol.optional(),
  baseUrl: z.string(),
  envKey: z.string().optional(),
  suggestedModels: z.array(ModelSummary),
  keyUrl: z.string().optional(),
});
export type ProviderPreset = z.infer<typeof ProviderPreset>;

/**
 * Result of a connection test: list the models, then one tiny completion.
 * `outcome` is `works` or the class of the failure; `remedy` says what to do about it.
 */
export const ConnectionTest = z.object({
  outcome: z.enum(['works', 'key', 'permission', 'model', 'quota', 'rate', 'url', 'tls', 'timeout', 'provider']),
  code: ErrorCode.optional(),
  message: z.string(),
  remedy: z.string().optional(),
  /** Ids the endpoint listed, at most 500; absent where it has no list. */
  listedModels: z.array(z.string()).optional(),
  listMs: z.number().optional(),
  answerMs: z.number().optional(),
  testedModel: z.string().optional(),
});
export type ConnectionTest = z.infer<typeof ConnectionTest>;

/** Where keys can be kept on this machine; probed when the key settings are opened. */
export const KeyStoreState = z.object({
  keyring: z.enum(['available', 'unavailable']),
  keyringDetail: z.string().optional(),
  /** Consent to the plain-text file was given. */
  fileAllowed: z.boolean(),
  filePath: z.string(),
});
export type KeyStoreState = z.infer<typeof KeyStoreState>;
