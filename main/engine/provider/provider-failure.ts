/**
 * Turns the fault of a request into a `ProviderFailure`: code, status, and a sentence that names the provider, the endpoint, the
 * key variable and what to do. Pure. A text of the provider is quoted without keys and shortened.
 */
import { defined, type ErrorCode, type RequestProblem } from '../../../preload/contract/index.ts';
import { redactText } from '../lib/redact.ts';
import type { ProviderFailure } from './provider.ts';
import { keyHint, modelHint } from './key-hints.ts';
import { parseRetryAfter } from './retry.ts';

/** The endpoint that a failure is about. `baseUrl` may be shown: it has no credentials. */
export interface Endpoint {
  readonly providerName: string;
  readonly baseUrl: string;
  readonly envKey: string | undefined;
}

/** What the provider's SDK or the network reported, independent of the SDK's classes. */
export type Fault =
  | { readonly kind: 'http'; readonly status: number; readonly retryAfter: string | null; readonly code: string; readonly text: string }
  /** An error object in the middle of the stream, under status 200. */
  | { readonly kind: 'in_stream'; readonly code: string; readonly text: string }
  /** There was no answer, or it broke off. `codes` are those of the error and its causes. */
  | { readonly kind: 'network'; readonly codes: readonly string[]; readonly text: string }
  | { readonly kind: 'timeout'; readonly waitedMs: number; readonly what: 'answer' | 'more' | 'end' }
  | { readonly kind: 'unreadable'; readonly text: string }
  /** A web page instead of a stream: usually the base URL lacks `/v1`. */
  | { readonly kind: 'web_page' }
  | { readonly kind: 'missing_key' }
  /** The credentials of Google Cloud, which replace a key, are missing or invalid. */
  | { readonly kind: 'not_signed_in'; readonly text: string }
  | { readonly kind: 'cancelled' };

const QUOTA =
  /insufficient_quota|exceeded your current quota|billing|arrearage|overdue|insufficient[ _](?:balance|credit|fund)|credit balance|out of credits|free[a-z ]*quota|FreeTierOnly|payment required|spending limit|hard limit|quota (?:has been )?exhausted|usage limit/i;
const CONTEXT =
  /context_length_exceeded|maximum context length|context (?:window|length)|prompt is too long|input is too long|too many (?:input )?tokens|range of input length|exceeds? the (?:model's )?max(?:imum)?(?: input| token)/i;
const BAD_KEY =
  /invalid[ _-]?api[ _-]?key|incorrect api key|api[ _-]?key (?:is )?(?:not valid|invalid|expired)|invalid authentication|unauthorized|invalid_token/i;
const NO_MODEL =
  /model_not_found|model[^.]{0,80}(?:not (?:found|exist|supported|available)|does ?n[o']t exist|not a valid)|(?:unknown|invalid|no such) model|not a valid model/i;
const BUSY = /rate.?limit|too many requests|throttl|overloaded|capacity|tokens per minute|requests per minute/i;
const TLS = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|EPROTO|wrong version number/;
const NAME_LOOKUP = /ENOTFOUND|EAI_AGAIN/;
const SLOW = /ETIMEDOUT|TIMEOUT/;

export function toProviderFailure(
  fault: Fault,
  endpoint: Endpoint,
  options: { readonly modelId: string; readonly nowMs: number; readonly secrets?: readonly string[] },
): ProviderFailure {
  const who = `${endpoint.providerName} (${endpoint.baseUrl})`;
  const excerpt = (text: string) => {
    const line = redactText(text, options.secrets).replace(/\s+/g, ' ').trim();
    return line.length > 300 ? `${line.slice(0, 300)}…` : line;
  };
  const quote = (text: string) => (excerpt(text) === '' ? '' : ` It said: ${excerpt(text)}`);
  const about = (text: string) => ({ provider: who, ...defined({ said: excerpt(text) || undefined }) });
  switch (fault.kind) {
    case 'http': {
      const code = httpCode(fault.status, `${fault.code} ${fault.text}`);
      const retryAfterMs = parseRetryAfter(fault.retryAfter, options.nowMs);
      return {
        code,
        message: `${explainHttp(code, fault.status, who, endpoint, options)}${quote(fault.text)}`,
        httpStatus: fault.status,
        ...defined({ retryAfterMs, problem: httpProblem(code, fault.status, about(fault.text)) }),
      };
    }
    case 'in_stream': {
      const code = textCode(`${fault.code} ${fault.text}`) ?? 'provider_error';
      const isExplained = EXPLAINED_IN_STREAM.has(code);
      const explained = isExplained ? explainHttp(code, 200, who, endpoint, options) : `${who} stopped in the middle of its answer.`;
      return {
        code,
        message: `${explained}${quote(fault.text)}`,
        ...(isExplained ? {} : { problem: { code: 'broke_off', ...about(fault.text) } }),
      };
    }
    case 'network':
      return networkFailure(fault, who, { quote, about });
    case 'timeout':
      if (fault.what === 'end')
        return {
          code: 'timeout',
          message: `${who} had not finished its answer after ${Math.round(fault.waitedMs / 1000)} s. QWEN_STREAM_MAX_LIFETIME_MS sets the limit; 0 means no limit.`,
        };
      return {
        code: 'timeout',
        message: `${who} sent nothing${fault.what === 'more' ? ' more' : ''} for ${Math.round(fault.waitedMs / 1000)} s. Try again, or choose another model.`,
        problem: {
          code: fault.what === 'more' ? 'silent_midway' : 'silent',
          provider: who,
          seconds: Math.round(fault.waitedMs / 1000),
        },
      };
    case 'unreadable':
      return {
        code: 'stream_invalid',
        message: `${who} sent an answer that cannot be read.${quote(fault.text)}`,
        problem: { code: 'unreadable', ...about(fault.text) },
      };
    case 'web_page':
      return {
        code: 'provider_error',
        httpStatus: 404,
        message: `${who} answered with a web page instead of a model's answer. Check the base URL; it usually ends in /v1.`,
      };
    case 'missing_key':
      return { code: 'missing_api_key', message: missingKeyText(endpoint) };
    case 'not_signed_in':
      return {
        code: 'auth_failed',
        message: `${who} needs a sign-in to Google Cloud. Run "gcloud auth application-default login", or set GOOGLE_APPLICATION_CREDENTIALS${endpoint.envKey === undefined ? '' : ` or ${endpoint.envKey}`}.${quote(fault.text)}`,
      };
    case 'cancelled':
      return { code: 'cancelled', message: 'The request was cancelled.' };
  }
}

/** Their remedy is the same wherever the error was found. */
const EXPLAINED_IN_STREAM: ReadonlySet<ErrorCode> = new Set(['auth_failed', 'quota_exceeded', 'context_too_long', 'model_unknown']);

export function missingKeyText(endpoint: Endpoint): string {
  const variable = endpoint.envKey === undefined ? '' : `, or set ${endpoint.envKey} in your environment`;
  return `There is no API key for ${endpoint.providerName} (${endpoint.baseUrl}). Enter one under Settings, Models${variable}.`;
}

/** The key may be in the keyring, or there may be none. */
export function lockedText(endpoint: Endpoint): string {
  return `The keyring is locked, so the API key for ${endpoint.providerName} (${endpoint.baseUrl}) cannot be read. Unlock the keyring, or enter a key under Settings, Models.`;
}

function httpCode(status: number, text: string): ErrorCode {
  if (status === 402 || ((status === 403 || status === 429) && QUOTA.test(text))) return 'quota_exceeded';
  if (status === 429) return 'rate_limited';
  if (status === 401) return 'auth_failed';
  if (status === 403) return BAD_KEY.test(text) ? 'auth_failed' : 'permission_denied';
  if (status === 408) return 'timeout';
  if (status >= 500) return 'provider_error';
  if (CONTEXT.test(text)) return 'context_too_long';
  if (status === 413) return 'context_too_long';
  if (NO_MODEL.test(text)) return 'model_unknown';
  if (status === 400 && BAD_KEY.test(text)) return 'auth_failed';
  return 'provider_error';
}

function textCode(text: string): ErrorCode | undefined {
  if (QUOTA.test(text)) return 'quota_exceeded';
  if (CONTEXT.test(text)) return 'context_too_long';
  if (BUSY.test(text)) return 'rate_limited';
  if (BAD_KEY.test(text)) return 'auth_failed';
  return NO_MODEL.test(text) ? 'model_unknown' : undefined;
}

function explainHttp(
  code: ErrorCode,
  status: number,
  who: string,
  endpoint: Endpoint,
  { modelId, secrets }: { readonly modelId: string; readonly secrets?: readonly string[] },
): string {
  const key = endpoint.envKey === undefined ? 'the key' : `the key in ${endpoint.envKey}`;
  if (code === 'auth_failed') {
    const hint = keyHint(secrets?.[0], endpoint.baseUrl) ?? 'Check that it is complete, valid, and meant for this endpoint.';
    return `${who} refused ${key}. ${hint}`;
  }
  if (code === 'permission_denied')
    return `${who} does not allow this with ${key}. Check the permissions of the key, the region and access to the model ${modelId}.`;
  if (code === 'quota_exceeded') return `The quota or credit at ${who} is exhausted. Top it up there, or choose another provider.`;
  if (code === 'rate_limited') return `${who} received too many requests. Wait a moment, or choose another model.`;
  if (code === 'context_too_long')
    return `The conversation is too long for ${modelId} at ${who}. Start a new session, or choose a model with a larger context window.`;
  if (code === 'model_unknown')
    return `${who} has no model ${modelId}. ${modelHint(modelId, endpoint.baseUrl) ?? 'Choose one that it lists, or check the spelling.'}`;
  if (code === 'timeout') return `${who} took too long (HTTP ${status}). Try again.`;
  if (status >= 500) return `${who} reports an internal error (HTTP ${status}). Try again later.`;
  if (status === 404 || status === 405)
    return `Nothing answers at ${who} (HTTP ${status}). Check the base URL, which usually ends in /v1, and the model ${modelId}.`;
  if (status >= 300 && status < 400)
    return `${who} redirects to another address (HTTP ${status}). Gantry does not follow it, to protect the key. Enter the final address as base URL.`;
  return `${who} refused the request (HTTP ${status}).`;
}

/** Undefined for a failure that another attempt would repeat. */
function httpProblem(code: ErrorCode, httpStatus: number, about: About): RequestProblem | undefined {
  if (code === 'rate_limited') return { code: 'busy', ...about };
  if (code === 'timeout') return { code: 'too_slow', httpStatus, ...about };
  return code === 'provider_error' && httpStatus >= 500 ? { code: 'server_error', httpStatus, ...about } : undefined;
}

type About = { readonly provider: string; readonly said?: string };

function networkFailure(
  fault: Extract<Fault, { kind: 'network' }>,
  who: string,
  { quote, about }: { readonly quote: (text: string) => string; readonly about: (text: string) => About },
): ProviderFailure {
  const signs = [...fault.codes, fault.text].join(' ');
  if (TLS.test(signs)) {
    return {
      code: 'tls_failed',
      message: `No secure connection to ${who}. Check the certificate, the system's time, and https in the base URL; for a company proxy set NODE_EXTRA_CA_CERTS.${quote(fault.codes.join(', '))}`,
    };
  }
  if (NAME_LOOKUP.test(signs))
    return {
      code: 'provider_unreachable',
      message: `The host name of ${who} cannot be resolved. Check the base URL and your connection.`,
      problem: { code: 'name_unresolved', provider: who },
    };
  if (/ECONNREFUSED/.test(signs))
    return {
      code: 'provider_unreachable',
      message: `Nothing listens at ${who}. Start the server, or check host and port of the base URL.`,
      problem: { code: 'nothing_listens', provider: who },
    };
  if (SLOW.test(signs))
    return {
      code: 'timeout',
      message: `No connection to ${who} in time. Check the base URL, a proxy or firewall, and your connection.`,
      problem: { code: 'no_connection', provider: who },
    };
  return {
    code: 'provider_unreachable',
    message: `The connection to ${who} broke. Check your connection and try again.${quote(fault.codes.join(', ') || fault.text)}`,
    problem: { code: 'lost', ...about(fault.codes.join(', ') || fault.text) },
  };
}
