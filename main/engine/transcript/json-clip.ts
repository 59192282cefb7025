/** Cuts the long texts of a JSON object while its bytes are read, so that the whole is never in memory. Pure. */
import { createJsonScanner, scanText } from './json-scan.ts';

/** Units: bytes as written. */
export interface ClipLimits {
  /** For one text; the rest is omitted. */
  readonly textBytes: number;
  /** For one member of the outermost object; everything after the text that exceeds it is omitted. */
  readonly memberBytes: number;
}

export interface JsonClip {
  push(bytes: Buffer): void;
  /** Valid JSON if the input was; empty if the input cannot be a record. */
  result(): string;
}

const OMITTED = 'OmittedBytes';
/** All members together may have this many times the limit of one. */
const MAX_MEMBERS_SHARE = 4;

/** How much of the text under `name` was omitted. Unit: bytes as written. */
export function omittedBytes(object: Readonly<Record<string, unknown>>, name: string): number {
  const value = object[`${name}${OMITTED}`];
  return typeof value === 'number' && value > 0 ? value : 0;
}

/**
 * A cut text with a name gets a sibling with the omitted size: `"text":"begin","textOmittedBytes":12345`. A member that
 * cannot be cut at a text becomes null.
 */
export function createJsonClip({ textBytes, memberBytes }: ClipLimits): JsonClip {
  const scanner = createJsonScanner();
  const done: Buffer[] = [];
  let doneBytes = 0;
  let current: Buffer[] = [];
  let currentBytes = 0;
  let member = '';
  let isSkipping = false;
  let textKept = 0;
  let textOmitted = 0;
  let marker: string | undefined;
  let isTooLarge = false;

  const put = (bytes: Buffer) => {
    if (bytes.length === 0) return;
    current.push(Buffer.from(bytes)); // a copy: the reader reuses its window
    currentBytes += bytes.length;
  };
  const finish = () => {
    done.push(...current);
    doneBytes += currentBytes;
    isTooLarge ||= doneBytes > memberBytes * MAX_MEMBERS_SHARE;
    current = [];
    currentBytes = 0;
    isSkipping = false;
  };
  /** Omits the rest of this member. */
  const skip = (rest: string) => {
    put(Buffer.from(rest));
    isSkipping = true;
  };

  return {
    push(bytes) {
      for (const token of scanner.push(bytes)) {
        if (token.member !== member || (token.kind === 'raw' && token.isMemberStart)) finish();
        member = token.member;
        if (isSkipping || isTooLarge) continue;
        if (token.kind === 'raw') {
          put(
            marker === undefined ? token.bytes : Buffer.concat([token.bytes.subarray(0, 1), Buffer.from(marker), token.bytes.subarray(1)]),
          );
          marker = undefined;
          if (currentBytes <= memberBytes * 2) continue;
          isTooLarge ||= member === ''; // not an object, so not a record
          const isFirst = current[0]?.[0] !== 0x2c;
          current = [];
          currentBytes = 0;
          skip(`${isFirst ? '' : ','}${JSON.stringify(member)}:null`);
          continue;
        }
        const kept = token.bytes.subarray(
          0,
          textKept + token.bytes.length <= textBytes ? token.bytes.length : cutAt(token.bytes, textBytes - textKept),
        );
        // Once something was omitted, nothing after it is kept.
        const keptBytes = textOmitted > 0 ? 0 : kept.length;
        if (keptBytes > 0) put(kept);
        textKept += keptBytes;
        textOmitted += token.bytes.length - keptBytes;
        if (!token.isLast) continue;
        const name = token.path.at(-1);
        if (textOmitted > 0 && typeof name === 'string') marker = `,${JSON.stringify(`${name}${OMITTED}`)}:${textOmitted}`;
        textKept = 0;
        textOmitted = 0;
        if (currentBytes <= memberBytes || token.path.length < 2) continue;
        const closers = token.path.slice(1).map((step) => (typeof step === 'string' ? '}' : ']'));
        skip(`"${marker ?? ''}${closers.reverse().join('')}`);
        marker = undefined;
      }
    },
    result() {
      finish();
      return scanner.hasFailed() || isTooLarge ? '' : Buffer.concat(done).toString('utf8');
    },
  };
}

function cutAt(bytes: Buffer, limit: number): number {
  return limit <= 0 ? 0 : scanText(bytes, 0, limit).end;
}
