/**
 * Which media a model accepts, and what replaces media that it does not: a provider refuses a request with an image that the
 * model cannot read, and with it every later request of the session. Pure.
 */
import type { GenerationConfig } from '../settings/index.ts';
import type { MediaPart } from './provider.ts';

export interface Modalities {
  readonly image: boolean;
  readonly pdf: boolean;
}

/** Families that read images. Names as hosts write them, without `vendor/`. Settings (`modalities`) take precedence. */
const IMAGE_MODELS =
  /^(?:claude-(?!2|instant)|gemini-|gpt-4o|gpt-4\.1|gpt-4-turbo|gpt-5|chatgpt-|o1(?!-mini|-preview)|o3(?!-mini)|o4|grok-[4-9]|llama-?4|llama-?3\.2-(?:11b|90b)|gemma-?[34]|pixtral|mistral-(?:small|medium)-3|magistral|kimi-k2\.[5-9]|kimi-(?:latest|thinking-preview)|qwen3\.[5-9]|qwen-?3\.[5-9]|coder-model|qvq|llava|minicpm-v|internvl|step-\d+v|nova-)|(?:^|[-_.])(?:vl|vision|omni|multimodal)(?:$|[-_.:\d])|^glm-\d(?:\.\d)?v/;
const PDF_MODELS = /^(?:claude-(?!2|instant)|gemini-|gpt-4o|gpt-4\.1|gpt-5|o1(?!-mini|-preview)|o3(?!-mini)|o4)/;
const IMAGE_TYPES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

export function getModalities(modelId: string, generation: GenerationConfig | undefined): Modalities {
  const name = modelId.toLowerCase().split('/').at(-1) ?? '';
  const said = generation?.modalities;
  return { image: said?.image ?? IMAGE_MODELS.test(name), pdf: said?.pdf ?? PDF_MODELS.test(name) };
}

export function isTaken({ mimeType }: MediaPart, takes: Modalities): boolean {
  if (mimeType === 'application/pdf') return takes.pdf;
  return takes.image && IMAGE_TYPES.has(mimeType);
}

/** For the model, so that it can report it to the user instead of guessing. */
export function leftOutText({ mimeType, name }: MediaPart): string {
  return `[${name ?? 'An attachment'} (${mimeType}) was omitted: this model does not accept such content.]`;
}

export function dataUrl({ mimeType, data }: MediaPart): string {
  return `data:${mimeType};base64,${data}`;
}

export function fileName({ name, mimeType }: MediaPart): string {
  return name ?? (mimeType === 'application/pdf' ? 'document.pdf' : 'file');
}
