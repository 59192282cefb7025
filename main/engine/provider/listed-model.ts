/** What endpoints state about the models in their lists. Pure. */
import { defined, type ListedModel } from '../../../preload/contract/index.ts';

const MAX_ID_CHARS = 300;

/**
 * Names of a context window in the lists of: OpenRouter and Together, vLLM, Groq, Mistral, LM Studio, Gemini. llama.cpp has its own in
 * `meta`. Unit: tokens.
 */
const WINDOW_FIELDS = [
  'context_length',
  'max_model_len',
  'context_window',
  'max_context_length',
  'loaded_context_length',
  'inputTokenLimit',
];

/** For models whose list does not say what they are for. */
const OTHER_PURPOSE =
  /(?:^|[-_./:])(?:embed(?:ding)?s?|text-embedding|bge|gte|e5|rerank(?:er)?|whisper|tts|stt|transcribe|moderation|dall-e|imagen|veo|sora|stable-diffusion|flux)(?:$|[-_./:\d])/i;
const OTHER_TYPES = new Set(['embedding', 'embeddings', 'rerank', 'image', 'audio', 'transcribe', 'moderation', 'video']);

/** `raw`: an entry of a list, from outside. Undefined if it has no usable id. */
export function toListedModel(raw: unknown): ListedModel | undefined {
  const model = toRecord(raw);
  const { id } = model;
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID_CHARS) return undefined;
  const capabilities = toRecord(model['capabilities']);
  return {
    id,
    ...defined({ contextWindowTokens: windowOf(model), takesImages: takesImages(model, capabilities) }),
    chats: chats(id, model, capabilities),
  };
}

function windowOf(model: Entry): number | undefined {
  const stated = [...WINDOW_FIELDS.map((field) => model[field]), toRecord(model['meta'])['n_ctx_train']];
  return stated.find((value): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value > 0);
}

function takesImages(model: Entry, capabilities: Entry): boolean | undefined {
  const inputs = toRecord(model['architecture'])['input_modalities'];
  if (Array.isArray(inputs)) return inputs.includes('image');
  if (typeof capabilities['vision'] === 'boolean') return capabilities['vision'];
  return model['type'] === 'vlm' ? true : undefined;
}

function chats(id: string, model: Entry, capabilities: Entry): boolean {
  if (typeof capabilities['completion_chat'] === 'boolean') return capabilities['completion_chat'];
  const { type } = model;
  return !(typeof type === 'string' && OTHER_TYPES.has(type)) && !OTHER_PURPOSE.test(id);
}

type Entry = Readonly<Record<string, unknown>>;

function toRecord(value: unknown): Entry {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
