/** Model providers and their keys. See requests.ts. */
import * as z from 'zod/mini';
import { ProjectId, ProviderId } from './ids.ts';
import { ConnectionTest, KeyStoreState, ProviderDraft, ProviderPreset, ProviderSummary } from './provider.ts';
import { none, request, SECRET } from './request.ts';

export const providerRequests = {
  'provider.list': request(
    z.object({ projectId: z.optional(ProjectId) }),
    z.object({
      providers: z.array(ProviderSummary),
      presets: z.array(ProviderPreset),
    }),
  ),
  /** Writes or replaces a provider in the user's settings.json. Errors: `settings_broken`, `settings_unwritable`. */
  'provider.save': request(z.object({ draft: ProviderDraft, replaces: z.optional(ProviderId) }), z.object({ providerId: ProviderId })),
  'provider.delete': request(z.object({ providerId: ProviderId }), none),
  /** Write-only. Errors: `keyring_unavailable`, `consent_required`. */
  'provider.setKey': request(
    z.object({
      providerId: ProviderId,
      key: z.string().check(z.minLength(1), z.maxLength(10_000), z.meta(SECRET)),
      store: z.enum(['keyring', 'file']),
    }),
    none,
  ),
  'provider.deleteKey': request(z.object({ providerId: ProviderId }), none),
  'provider.test': request(
    z.object({
      providerId: ProviderId,
      modelId: z.optional(z.string()),
      projectId: z.optional(ProjectId),
    }),
    z.object({ test: ConnectionTest }),
  ),
  /** Accepts sending a key to a base URL from a project's settings. */
  'provider.trustEndpoint': request(z.object({ providerId: ProviderId, projectId: ProjectId }), none),
  /** Probes Ollama, LM Studio and vLLM on loopback. */
  'provider.discover': request(none, z.object({ found: z.array(ProviderPreset) })),

  /** Tests the keyring by writing and deleting a temporary entry. A locked keyring asks the user to unlock it. */
  'keyStore.describe': request(none, z.object({ state: KeyStoreState })),
  /** The user's consent to store keys in a plain-text file of mode 0600. */
  'keyStore.allowFile': request(z.object({ allowed: z.boolean() }), z.object({ state: KeyStoreState })),
  /** Moves the keys of the file to the keyring, and deletes the file. Errors: `keyring_unavailable`, `settings_broken`. */
  'keyStore.moveToKeyring': request(none, z.object({ state: KeyStoreState })),
} as const;
