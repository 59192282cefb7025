/** Removes secrets from log entries and from texts of a provider. Pure. */
import { compileKeys, createKeyRedactor } from '../../../preload/contract/index.ts';

const MASK = '[redacted]';

/** Fields whose value is a secret in any form. `keySource`, `hasKey` and `envKey` are not. */
const SECRET_FIELD =
  /^(?:key|api[-_]?key|authorization|proxy-authorization|x-api-key|token|access[-_]?token|refresh[-_]?token|secret|client[-_]?secret|password|passwd|cookie|set-cookie)$/i;

/** Shapes of keys in running text: `sk-...`, `Bearer ...`, Google's, GitHub's, AWS's, a JWT, and credentials in a URL. */
const KEY_SHAPES: readonly RegExp[] = [
  /\b(?:sk|pk|rk|ak|fw|gsk|xai|ms|hf|r8|nvapi|pplx|csk)[-_][A-Za-z0-9_*.-]{12,}/g,
  /\b(?:Bearer|Basic)\s+[A-Za-z0-9+/=_.~-]{8,}/gi,
  /\bAIza[A-Za-z0-9_-]{20,}/g,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/g,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{6,}/g,
  /(?<=:\/\/)[^\s/@:]+:[^\s/@]+(?=@)/g,
];

/** Shorter values would also hit ordinary words. Unit: characters. */
const MIN_SECRET_CHARS = 6;

/** Masks the given secrets and everything that looks like a key. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  return KEY_SHAPES.reduce((current, shape) => current.replace(shape, MASK), maskSecrets(text, secrets));
}

/** Masks only the given secrets. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= MIN_SECRET_CHARS).reduce((current, secret) => current.replaceAll(secret, MASK), text);
}

/** Replaces known keys of at least 8 characters, also in Base64, as in the output of commands. */
export function redactKeys(text: string, values: readonly string[]): string {
  const keys = compileKeys(values);
  if (keys === undefined) return text;
  const redactor = createKeyRedactor(keys);
  return Buffer.concat([redactor.push(Buffer.from(text)), redactor.end()]).toString();
}

/** A longer key may be masked only in part if a text arrives in pieces. Unit: UTF-16 code units. */
const HELD_CHARS = 8 * 1024;

/** `redactText` for a text that arrives in pieces: what `push` and `end` return is the whole text, masked. */
export function createTextRedactor(): { push(piece: string): string; end(): string } {
  let held = '';
  return {
    push(piece) {
      held += piece;
      if (held.length < HELD_CHARS * 4) return '';
      const at = breakBefore(held, held.length - HELD_CHARS);
      const ready = redactText(held.slice(0, at));
      held = held.slice(at);
      return ready;
    },
    end() {
      const rest = redactText(held);
      held = '';
      return rest;
    },
  };
}

/** Before white space that no key spans (`Bearer abc`); without any, between two characters. */
function breakBefore(text: string, latest: number): number {
  for (let at = latest; at > latest - HELD_CHARS; at -= 1)
    if (/\s/.test(text[at] ?? '') && !/\b(?:Bearer|Basic)\s*$/i.test(text.slice(Math.max(0, at - 20), at))) return at;
  return /[\ud800-\udbff]/.test(text[latest - 1] ?? '') ? latest - 1 : latest;
}

/**
 * A copy of `value` fit for a log: secret fields masked, texts redacted, errors as name, message and code. Nothing deeper
 * than `maxDepth` levels is copied.
 */
export function redactValue(value: unknown, maxDepth = 6): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' || typeof value === 'function' ? String(value) : value;
  if (maxDepth === 0) return '[deep]';
  if (value instanceof Error) {
    const code = 'code' in value ? { code: redactValue(value.code, 1) } : {};
    const cause = value.cause === undefined ? {} : { cause: redactValue(value.cause, maxDepth - 1) };
    return {
      name: value.name,
      message: redactText(value.message),
      ...code,
      ...(value.stack === undefined ? {} : { stack: redactText(value.stack) }),
      ...cause,
    };
  }
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redactValue(item, maxDepth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_FIELD.test(key) && item !== undefined ? MASK : redactValue(item, maxDepth - 1),
    ]),
  );
}
