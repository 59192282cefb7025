/** The protocols in tests. The texts of errors are from the vendors' documentation. */
import type { ProtocolUnderTest } from './agent-rig.ts';

const openAiError = (_status: number, message: string, code: string) => ({ error: { message, type: 'invalid_request_error', code } });
const OPENAI_OVERFLOW = {
  status: 400,
  message: "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
};

export const OPENAI: ProtocolUnderTest = {
  protocol: 'openai',
  modelId: 'gpt-5-mini',
  baseUrl: (origin) => `${origin}/v1`,
  errorBody: openAiError,
  overflow: OPENAI_OVERFLOW,
};

export const OPENAI_RESPONSES: ProtocolUnderTest = {
  protocol: 'openai-responses',
  modelId: 'o4-mini',
  baseUrl: (origin) => `${origin}/v1`,
  entry: { wireApi: 'responses' },
  listKey: 'openai',
  errorBody: openAiError,
  overflow: OPENAI_OVERFLOW,
};

const anthropicError = (status: number, message: string) => ({
  type: 'error',
  error: { type: ANTHROPIC_TYPES[status] ?? 'invalid_request_error', message },
});
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  500: 'api_error',
};

export const ANTHROPIC: ProtocolUnderTest = {
  protocol: 'anthropic',
  modelId: 'claude-sonnet-4-6',
  baseUrl: (origin) => origin,
  errorBody: anthropicError,
  overflow: { status: 400, message: 'prompt is too long: 210000 tokens > 200000 maximum' },
};

const geminiError = (status: number, message: string) => ({
  error: { code: status, message, status: GEMINI_STATUSES[status] ?? 'INVALID_ARGUMENT' },
});
const GEMINI_STATUSES: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
};
const GEMINI_OVERFLOW = {
  status: 400,
  message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
};

export const GEMINI: ProtocolUnderTest = {
  protocol: 'gemini',
  modelId: 'gemini-2.5-pro',
  baseUrl: (origin) => origin,
  errorBody: geminiError,
  overflow: GEMINI_OVERFLOW,
};

/** With a key, so in express mode; the mock supports Vertex AI only with projects. */
export const VERTEX: ProtocolUnderTest = {
  ...GEMINI,
  protocol: 'vertex-ai',
  modelId: 'gemini-3-pro-preview',
  mockPath: (path) => path.replace(/^\/v1beta1\/publishers\/google\//, '/v1beta/'),
};
