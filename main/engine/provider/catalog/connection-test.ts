import type { ConnectionTest, ErrorCode, ListedModel } from '../../../../preload/contract/index.ts';
import type { Clock } from '../../ports.ts';
import type { ModelProvider, ProviderFailure, WireProtocol } from '../provider.ts';

/** The time limit for the list; a test must be quick. Unit: ms. */
export const LIST_TIMEOUT_MS = 15_000;
const MAX_LISTED = 500;
/** Enough for one word, and for a thinking model to begin. Unit: tokens. */
const PROBE_TOKENS = 64;

export interface ConnectionProbe {
  readonly provider: ModelProvider;
  readonly protocol: WireProtocol;
  /** Undefined if it has no list; a failure if the completion would fail in the same way. */
  readonly listModels: () => Promise<{ readonly models: readonly ListedModel[] } | { readonly failure: ProviderFailure }>;
  /** Used if the request names no model. */
  readonly firstModel: string | undefined;
  readonly modelId: string | undefined;
  readonly clock: Clock;
}

/** Lists the models, then asks for one word. Never throws: any failure is the outcome. */
export async function testConnection(probe: ConnectionProbe): Promise<ConnectionTest> {
  const startMs = probe.clock.now();
  const listed = await probe.listModels();
  const listMs = probe.clock.now() - startMs;
  // A missing list (404, 405) says nothing about completions; a refused key or an unreachable address does.
  if ('failure' in listed && !hasNoList(listed.failure)) return failed(listed.failure, probe, { listMs });
  const models = 'models' in listed ? listed.models.slice(0, MAX_LISTED) : undefined;
  const found = models === undefined ? {} : { listedModels: [...models], listMs };
  const testedModel = probe.modelId ?? probe.firstModel ?? (models?.find(({ chats }) => chats) ?? models?.[0])?.id;
  if (testedModel === undefined) {
    return {
      outcome: 'model',
      code: 'no_model',
      message: 'The endpoint answers, but lists no model.',
      remedy: 'Enter the name of a model that it has.',
      ...found,
    };
  }
  const askedMs = probe.clock.now();
  const failure = await askOneWord(probe.provider, testedModel);
  if (failure !== undefined) return failed(failure, probe, { ...found, testedModel });
  const answerMs = probe.clock.now() - askedMs;
  return { outcome: 'works', message: `${testedModel} answered in ${(answerMs / 1000).toFixed(1)} s.`, ...found, testedModel, answerMs };
}

async function askOneWord(provider: ModelProvider, modelId: string): Promise<ProviderFailure | undefined> {
  const request = {
    modelId,
    system: '',
    messages: [{ role: 'user', text: 'Reply with the single word: ok' }],
    tools: [],
    maxOutputTokens: PROBE_TOKENS,
  } as const;
  for await (const event of provider.stream(request, new AbortController().signal)) {
    if (event.type === 'error') return event.error;
  }
  return undefined;
}

function hasNoList(failure: ProviderFailure): boolean {
  return failure.httpStatus === 404 || failure.httpStatus === 405 || failure.httpStatus === 501 || failure.code === 'stream_invalid';
}

function failed(failure: ProviderFailure, { protocol }: ConnectionProbe, more: Partial<ConnectionTest>): ConnectionTest {
  const outcome = toOutcome(failure);
  const remedy = outcome === 'url' ? `${REMEDIES.url} ${ADDRESSES[protocol]}` : REMEDIES[outcome];
  return { outcome, code: failure.code, message: failure.message, remedy, ...more };
}

const OUTCOMES: Partial<Record<ErrorCode, Exclude<ConnectionTest['outcome'], 'works'>>> = {
  auth_failed: 'key',
  missing_api_key: 'key',
  permission_denied: 'permission',
  model_unknown: 'model',
  quota_exceeded: 'quota',
  rate_limited: 'rate',
  provider_unreachable: 'url',
  endpoint_untrusted: 'url',
  tls_failed: 'tls',
  timeout: 'timeout',
};

function toOutcome(failure: ProviderFailure): Exclude<ConnectionTest['outcome'], 'works'> {
  const status = failure.httpStatus ?? 500;
  if (failure.code === 'provider_error' && (status === 404 || status === 405 || (status >= 300 && status < 400))) return 'url';
  return OUTCOMES[failure.code] ?? 'provider';
}

const REMEDIES: Readonly<Record<Exclude<ConnectionTest['outcome'], 'works'>, string>> = {
  key: 'Enter the key again, and make sure that it belongs to this endpoint.',
  permission: 'Check the permissions of the key, its region, and access to the model.',
  model: 'Choose a model that the endpoint lists.',
  quota: 'Top up the account, or wait until the quota is renewed.',
  rate: 'Wait a minute and test again.',
  url: 'Check the base URL: host, port and path.',
  tls: "Check the certificate, http or https, and this computer's time.",
  timeout: 'Check the connection, a proxy or firewall, and test again.',
  provider: 'The endpoint reports an internal error. Test again later.',
};

/** What an address of this protocol looks like. */
const ADDRESSES: Readonly<Record<WireProtocol, string>> = {
  openai: 'Most addresses of this protocol end in /v1; the path after it is added.',
  'openai-responses': 'It ends in /v1; the path after it is added.',
  anthropic:
    'It does not end in /v1, as in https://api.anthropic.com; that is added. The address of another service may end in /anthropic.',
  gemini: "Google's own is https://generativelanguage.googleapis.com, without a version at the end.",
  'vertex-ai': "Google's own is https://aiplatform.googleapis.com; the region is that of GOOGLE_CLOUD_LOCATION.",
};
