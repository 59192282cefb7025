/**
 * Encodes a request whose history is nearly the same as in the previous request. A message never changes, so the provider that
 * sends it maps and encodes it once; the rest of a request is small.
 */
import type { ModelMessage } from './provider.ts';

/**
 * What a provider has derived from the messages it was given. Entries disappear with their messages, so nothing has to be
 * cleared.
 * Ownership: one provider, whose protocol and settings do not change.
 */
export interface KnownHistory<T extends object> {
  /** The protocol's messages for one of ours, as `map` made them for this model. */
  mapped(modelId: string, message: ModelMessage, map: () => readonly T[]): readonly T[];
  /**
   * The JSON of the request, with the elements of the list `name` taken from the cache. The bytes equal `JSON.stringify(body)`.
   */
  encode(body: object, name: string): Buffer;
}

const COMMA = Buffer.from(',');

export function createKnownHistory<T extends object>(): KnownHistory<T> {
  const models = new Map<string, WeakMap<ModelMessage, readonly T[]>>();
  const pieces = new WeakMap<object, Buffer>();

  const mappedFor = (modelId: string) => {
    const known = models.get(modelId) ?? new WeakMap<ModelMessage, readonly T[]>();
    models.set(modelId, known);
    return known;
  };

  const encodePiece = (element: unknown): Buffer => {
    if (typeof element !== 'object' || element === null) return Buffer.from(JSON.stringify(element ?? null));
    const piece = pieces.get(element) ?? Buffer.from(JSON.stringify(element));
    pieces.set(element, piece);
    return piece;
  };

  return {
    mapped(modelId, message, map) {
      const known = mappedFor(modelId);
      const made = known.get(message) ?? map();
      known.set(message, made);
      return made;
    },
    encode(body, name) {
      const parts: Buffer[] = [];
      let before = '{';
      for (const [key, value] of Object.entries(body)) {
        const isHistory = key === name && Array.isArray(value);
        const text: string | undefined = isHistory ? '[' : JSON.stringify(value);
        if (text === undefined) continue; // JSON.stringify omits it too
        parts.push(Buffer.from(`${before}${JSON.stringify(key)}:${text}`));
        before = ',';
        if (!isHistory) continue;
        value.forEach((element: unknown, index) => parts.push(...(index === 0 ? [] : [COMMA]), encodePiece(element)));
        parts.push(Buffer.from(']'));
      }
      parts.push(Buffer.from(before === '{' ? '{}' : '}'));
      return Buffer.concat(parts);
    },
  };
}
