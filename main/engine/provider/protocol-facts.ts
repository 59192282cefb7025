import type { WireProtocol } from './provider.ts';

export interface ProtocolFacts {
  /** The protocol's own variables, used if an entry names none. Source: docs/formats.md 1.3. */
  readonly keyVariable: string;
  readonly baseUrlVariable: string | undefined;
  readonly modelVariables: readonly string[];
  readonly defaultBaseUrl: string;
  /** The list in `modelProviders` for new entries, and the matching `security.auth.selectedType`. */
  readonly listKey: string;
}

const OPENAI: ProtocolFacts = {
  keyVariable: 'OPENAI_API_KEY',
  baseUrlVariable: 'OPENAI_BASE_URL',
  modelVariables: ['OPENAI_MODEL', 'QWEN_MODEL'],
  defaultBaseUrl: 'https://api.openai.com/v1',
  listKey: 'openai',
};

const FACTS: Readonly<Record<WireProtocol, ProtocolFacts>> = {
  openai: OPENAI,
  // Written as `openai` with `wireApi`, which a Qwen Code that does not know it reads as chat completions.
  'openai-responses': OPENAI,
  anthropic: {
    keyVariable: 'ANTHROPIC_API_KEY',
    baseUrlVariable: 'ANTHROPIC_BASE_URL',
    modelVariables: ['ANTHROPIC_MODEL'],
    defaultBaseUrl: 'https://api.anthropic.com',
    listKey: 'anthropic',
  },
  gemini: {
    keyVariable: 'GEMINI_API_KEY',
    baseUrlVariable: undefined,
    modelVariables: ['GEMINI_MODEL'],
    defaultBaseUrl: 'https://generativelanguage.googleapis.com',
    listKey: 'gemini',
  },
  'vertex-ai': {
    keyVariable: 'GOOGLE_API_KEY',
    baseUrlVariable: undefined,
    modelVariables: ['GOOGLE_MODEL'],
    defaultBaseUrl: 'https://aiplatform.googleapis.com',
    listKey: 'vertex-ai',
  },
};

export function protocolFacts(protocol: WireProtocol): ProtocolFacts {
  return FACTS[protocol];
}

/** Protocols that the environment alone can configure; Responses has no variables of its own. */
export const ENVIRONMENT_PROTOCOLS: readonly WireProtocol[] = ['openai', 'anthropic', 'gemini', 'vertex-ai'];
