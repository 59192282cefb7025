import { WireProtocol } from '../../../preload/contract/index.ts';
import type { Signature, Signer } from './provider.ts';

/** The value, if `reader` signed it; `reader` could not use another signature, and its service would refuse it. Pure. */
export function signatureFor(signature: Signature | undefined, reader: Signer): string | undefined {
  if (signature === undefined || signature.value === '') return undefined;
  const isOwn =
    signature.protocol === reader.protocol &&
    signature.modelId === reader.modelId &&
    (signature.origin === undefined || reader.origin === undefined || signature.origin === reader.origin);
  return isOwn ? signature.value : undefined;
}

export function toWireProtocol(text: string | undefined): WireProtocol | undefined {
  return WireProtocol.safeParse(text).data;
}

/**
 * The signer of an answer in a file that does not name it: only two families of models sign, and Qwen Code keeps their
 * signatures. Pure.
 */
export function signerOfModel(modelId: string): Signer | undefined {
  const name = modelId.toLowerCase();
  if (name.includes('claude')) return { protocol: 'anthropic', modelId };
  return name.startsWith('gemini') ? { protocol: 'gemini', modelId } : undefined;
}
