import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const TOKEN_BYTES = 32;

/** Visible ASCII without spaces, so that it fits a header and a frame; too short could be guessed. */
const USABLE_TOKEN = /^[\x21-\x7e]{16,500}$/;

/** An unguessable token, safe in a header and in the fragment of an address. */
export function makeToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** What is wrong with a token that the user chose, as text; undefined if it is valid. */
export function describeTokenProblem(token: string): string | undefined {
  return USABLE_TOKEN.test(token) ? undefined : 'The access token must be 16 to 500 visible ASCII characters without spaces.';
}

/** Compares in a time that does not depend on either value: both are hashed to the same length first. */
export function tokenMatches(expected: string, given: string | undefined): boolean {
  if (given === undefined) return false;
  return timingSafeEqual(sha256(expected), sha256(given));
}

/** The token of an `Authorization: Bearer ...` header. */
export function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([^\s]+) *$/i.exec(header ?? '')?.[1];
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
