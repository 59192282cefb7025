import { defined } from '../../../../preload/contract/index.ts';
import type { Clock } from '../../ports.ts';
import type { ModelEntry } from '../../settings/index.ts';
import type { ProviderConfig } from '../provider-config.ts';
import { findKey, needsKey } from './key-lookup.ts';
import { keyVariable, type ProviderGroup, shownUrl } from './provider-groups.ts';
import type { ProviderView } from './provider-view.ts';

/** The longest silence in the middle of an answer. Unit: ms. Source: docs/formats.md 1.2. */
const IDLE_TIMEOUT_MS = 240_000;
/** The longest duration of a whole answer. Unit: ms. Source: docs/formats.md 1.2. */
const LIFETIME_MS = 900_000;

/** Builds the configuration of a provider's protocol from the current settings and environment. */
export function createConfig(from: {
  readonly view: ProviderView;
  readonly group: ProviderGroup;
  readonly entry: ModelEntry | undefined;
  readonly clock: Clock;
  readonly version: string;
}): ProviderConfig {
  const { view, group, entry } = from;
  const environment = view.reading.environment.all;
  const said = entry?.generationConfig;
  const timeout = said?.timeout ?? positiveNumber(environment['QWEN_CODE_API_TIMEOUT_MS']);
  const sees = entry?.capabilities?.vision;
  const modalities = sees === undefined ? said?.modalities : { image: sees, pdf: undefined, ...defined(said?.modalities ?? {}) };
  return {
    protocol: group.protocol,
    endpoint: {
      providerName: view.nameOf(group),
      baseUrl: shownUrl(group.baseUrl),
      requestUrl: group.baseUrl,
      envKey: keyVariable(group),
      needsKey: needsKey(group, view.cloudEnvironment),
    },
    readKey: async () => (await findKey(group, view.lookup))?.value,
    generation: { ...NO_GENERATION, ...said, timeout, modalities, reasoning: said?.reasoning ?? getEffort(view.reading.values) },
    clock: from.clock,
    userAgent: `Gantry/${from.version} (${process.platform}; ${process.arch})`,
    idleTimeoutMs: said?.streamIdleTimeoutMs ?? positiveNumber(environment['QWEN_STREAM_IDLE_TIMEOUT_MS']) ?? IDLE_TIMEOUT_MS,
    lifetimeMs: parseLifetime(environment['QWEN_STREAM_MAX_LIFETIME_MS']),
    proxies: { proxy: view.reading.values.proxy, environment: view.cloudEnvironment },
    environment: view.cloudEnvironment,
  };
}

function getEffort({ model }: ProviderView['reading']['values']) {
  const effort = model?.reasoningEffort;
  if (effort === undefined) return undefined;
  return effort === 'none' ? (false as const) : { effort };
}

/** 0 means no limit. */
function parseLifetime(text: string | undefined): number | undefined {
  if (text?.trim() !== undefined && /^0+$/.test(text.trim())) return undefined;
  return positiveNumber(text) ?? LIFETIME_MS;
}

export function positiveNumber(text: string | undefined): number | undefined {
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;
}

const NO_GENERATION = {
  timeout: undefined,
  streamIdleTimeoutMs: undefined,
  contextWindowSize: undefined,
  customHeaders: undefined,
  extra_body: undefined,
  samplingParams: undefined,
  reasoning: undefined,
  enableCacheControl: undefined,
  modalities: undefined,
  maxRetries: undefined,
  retryInitialDelayMs: undefined,
  retryMaxDelayMs: undefined,
  retryErrorCodes: undefined,
  schemaCompliance: undefined,
  splitToolMedia: undefined,
  toolResultContentFormat: undefined,
} as const;
