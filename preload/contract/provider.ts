import * as z from 'zod/mini';
import { ErrorCode } from './errors.ts';
import { ProviderId } from './ids.ts';

/** The protocol of a provider. */
export const WireProtocol = z.enum(['openai', 'openai-responses', 'anthropic', 'gemini', 'vertex-ai']);
export type WireProtocol = z.infer<typeof WireProtocol>;

export const Protocol = z.enum([...WireProtocol.options, 'demo']);
export type Protocol = z.infer<typeof Protocol>;

/** The store a key comes from; the first store with a key is used, in this order. */
export const KeySource = z.enum(['environment', 'dotenv', 'keyring', 'file', 'settings_env', 'auth_settings', 'none_needed', 'missing']);
export type KeySource = z.infer<typeof KeySource>;

/** The public facts about a key. No request reads the key itself. */
export const KeyState = z.object({
  source: KeySource,
  last4: z.optional(z.string().check(z.maxLength(4))),
  /** A saved key that a source of higher rank overrides. */
  shadowed: z.optional(KeySource),
});
export type KeyState = z.infer<typeof KeyState>;

export const ModelSummary = z.object({
  id: z.string(),
  name: z.optional(z.string()),
  contextWindowTokens: z.optional(z.number()),
  /** For attachments that the model does not support, a message says that they were omitted. */
  takesImages: z.optional(z.boolean()),
  takesPdf: z.optional(z.boolean()),
});
export type ModelSummary = z.infer<typeof ModelSummary>;

/** The group of `modelProviders` entries with one protocol, base URL and key variable. */
export const ProviderSummary = z.object({
  id: ProviderId,
  protocol: Protocol,
  name: z.string(),
  baseUrl: z.string(),
  envKey: z.optional(z.string()),
  models: z.array(ModelSummary),
  scope: z.enum(['builtin', 'user', 'project', 'system']),
  key: KeyState,
  /** False for a project's base URL that the user has not accepted for sending a key. */
  endpointTrusted: z.boolean(),
});
export type ProviderSummary = z.infer<typeof ProviderSummary>;

/** A provider as it is written to the user's settings.json. */
export const ProviderDraft = z.object({
  name: z.string().check(z.minLength(1), z.maxLength(100)),
  protocol: WireProtocol,
  baseUrl: z.url({ protocol: /^https?$/ }).check(z.maxLength(2000)),
  envKey: z.optional(z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a variable name: letters, digits and _'), z.maxLength(200))),
  models: z
    .array(
      z.object({
        id: z.string().check(z.minLength(1), z.maxLength(300)),
        name: z.optional(z.string().check(z.maxLength(300))),
        contextWindowTokens: z.optional(z.int().check(z.positive())),
        takesImages: z.optional(z.boolean()),
      }),
    )
    .check(z.maxLength(500)),
});
export type ProviderDraft = z.infer<typeof ProviderDraft>;

export const ProviderPreset = z.object({
  name: z.string(),
  /** Absent: `openai`. */
  protocol: z.optional(WireProtocol),
  baseUrl: z.string(),
  envKey: z.optional(z.string()),
  suggestedModels: z.array(ModelSummary),
  keyUrl: z.optional(z.string()),
});
export type ProviderPreset = z.infer<typeof ProviderPreset>;

/** A model in an endpoint's list, with the facts that the list states. */
export const ListedModel = z.object({
  id: z.string(),
  contextWindowTokens: z.optional(z.number()),
  takesImages: z.optional(z.boolean()),
  /** False for a model that cannot answer in a chat: embeddings, speech, images. */
  chats: z.boolean(),
});
export type ListedModel = z.infer<typeof ListedModel>;

/**
 * Result of a connection test: list the models, then one tiny completion.
 * `outcome` is `works` or the kind of failure; `remedy` says what to do about it.
 */
export const ConnectionTest = z.object({
  outcome: z.enum(['works', 'key', 'permission', 'model', 'quota', 'rate', 'url', 'tls', 'timeout', 'provider']),
  code: z.optional(ErrorCode),
  message: z.string(),
  remedy: z.optional(z.string()),
  /** At most 500; absent if the endpoint has no list. */
  listedModels: z.optional(z.array(ListedModel)),
  listMs: z.optional(z.number()),
  answerMs: z.optional(z.number()),
  testedModel: z.optional(z.string()),
});
export type ConnectionTest = z.infer<typeof ConnectionTest>;

/** Where keys can be stored on this machine; tested when the key settings are opened. */
export const KeyStoreState = z.object({
  /** `locked`: it exists, and the user has to unlock it. */
  keyring: z.enum(['available', 'locked', 'unavailable']),
  keyringDetail: z.optional(z.string()),
  /** Consent to the plain-text file was given. */
  fileAllowed: z.boolean(),
  filePath: z.string(),
  /** The number of keys in the file. */
  fileKeys: z.optional(z.int()),
});
export type KeyStoreState = z.infer<typeof KeyStoreState>;
