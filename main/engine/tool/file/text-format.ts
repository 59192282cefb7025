/**
 * Decodes bytes to text and encodes it again so that a file keeps its encoding, its byte order mark and its line endings.
 * Order of the guess: byte order mark, NUL bytes (UTF-16 without a mark, or binary), valid UTF-8, then chardet's guess on the
 * first 64 KiB, accepted only if the text has few control characters.
 */
import { type FileKind, isPdf, kindOfBinary } from './file-kind.ts';

/** `encoding` is a label that iconv-lite supports; `utf-8`, `utf-16le` and `utf-16be` are handled here. */
export interface TextFormat {
  readonly encoding: string;
  readonly hasBom: boolean;
}

export type DecodedFile =
  | { readonly kind: 'text'; readonly text: string; readonly format: TextFormat }
  | { readonly kind: 'binary'; readonly fileKind: FileKind };

export type EncodedText = { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly lost: string };

export const PLAIN_UTF8: TextFormat = { encoding: 'utf-8', hasBom: false };

/** The same test as for a command's output (BT-27): NUL bytes and control characters show within the first 4 KiB. */
const SNIFF_BYTES = 4096;
/** Enough for chardet to distinguish the single-byte encodings; it is linear but slow per byte. */
const GUESS_BYTES = 64 * 1024;
/** Texts in old encodings have almost none; random bytes have 11 %. */
const MAX_CONTROL_SHARE = 0.03;

const BOMS: readonly { readonly mark: readonly number[]; readonly encoding: string }[] = [
  { mark: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { mark: [0xff, 0xfe], encoding: 'utf-16le' },
  { mark: [0xfe, 0xff], encoding: 'utf-16be' },
];

/** `isComplete: false`: the bytes may end in the middle of a character. */
export async function decodeFile(bytes: Uint8Array, options: { isComplete: boolean }): Promise<DecodedFile> {
  const bom = BOMS.find(({ mark }) => mark.every((byte, at) => bytes[at] === byte));
  if (bom !== undefined) return await asText(bytes.subarray(bom.mark.length), { encoding: bom.encoding, hasBom: true }, options);
  if (isPdf(bytes)) return { kind: 'binary', fileKind: kindOfBinary(bytes) };
  const sample = bytes.subarray(0, SNIFF_BYTES);
  if (sample.includes(0)) {
    const encoding = utf16WithoutMark(sample);
    return encoding === undefined
      ? { kind: 'binary', fileKind: kindOfBinary(bytes) }
      : await asText(bytes, { encoding, hasBom: false }, options);
  }
  const utf8 = decodeUtf8(bytes, options);
  if (utf8 !== undefined) return { kind: 'text', text: utf8, format: PLAIN_UTF8 };
  if (controlShare(sample) > MAX_CONTROL_SHARE) return { kind: 'binary', fileKind: kindOfBinary(bytes) };
  return await asText(bytes, { encoding: await guessEncoding(bytes.subarray(0, GUESS_BYTES)), hasBom: false }, options);
}

/** `lost` is the first character that the encoding cannot represent. Line endings stay as they are. */
export async function encodeText(text: string, format: TextFormat): Promise<EncodedText> {
  const body = await encodeBody(text, format.encoding);
  const back = await decodeBody(body, format.encoding, { isComplete: true });
  if (back !== text) return { ok: false, lost: firstDifference(text, back) };
  const mark = format.hasBom ? BOMS.find(({ encoding }) => encoding === format.encoding)?.mark : undefined;
  return { ok: true, bytes: mark === undefined ? body : Buffer.concat([Uint8Array.from(mark), body]) };
}

/** The most frequent line ending; LF for a text without any. */
export function mainNewline(text: string): '\n' | '\r\n' {
  const crlf = text.split('\r\n').length - 1;
  const all = text.split('\n').length - 1;
  return crlf > all - crlf ? '\r\n' : '\n';
}

export function withNewlines(text: string, newline: '\n' | '\r\n'): string {
  const lf = text.replaceAll('\r\n', '\n');
  return newline === '\n' ? lf : lf.replaceAll('\n', '\r\n');
}

async function asText(body: Uint8Array, format: TextFormat, options: { isComplete: boolean }): Promise<DecodedFile> {
  return { kind: 'text', text: await decodeBody(body, format.encoding, options), format };
}

async function decodeBody(body: Uint8Array, encoding: string, options: { isComplete: boolean }): Promise<string> {
  if (encoding === 'utf-8' || encoding === 'utf-16le' || encoding === 'utf-16be') {
    return new TextDecoder(encoding, { ignoreBOM: true }).decode(body, { stream: !options.isComplete });
  }
  const { default: iconv } = await import('iconv-lite');
  return iconv.encodingExists(encoding) ? iconv.decode(body, encoding, { stripBOM: false }) : new TextDecoder().decode(body);
}

async function encodeBody(text: string, encoding: string): Promise<Uint8Array> {
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  if (encoding === 'utf-16le') return Buffer.from(text, 'utf16le');
  if (encoding === 'utf-16be') return Buffer.from(text, 'utf16le').swap16();
  const { default: iconv } = await import('iconv-lite');
  return iconv.encodingExists(encoding) ? iconv.encode(text, encoding) : Buffer.from(text, 'utf8');
}

function decodeUtf8(bytes: Uint8Array, options: { isComplete: boolean }): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: !options.isComplete });
  } catch {
    return undefined; // not UTF-8: undefined is the documented result
  }
}

/** Text of mostly Latin letters has a NUL in every second position, and only there. */
function utf16WithoutMark(sample: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const zeros = [0, 0];
  for (const [at, byte] of sample.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const half = sample.length / 2;
  const encoding = even === 0 && odd > half * 0.4 ? 'utf-16le' : odd === 0 && even > half * 0.4 ? 'utf-16be' : undefined;
  if (encoding === undefined) return undefined;
  const text = new TextDecoder(encoding).decode(sample.subarray(0, sample.length - (sample.length % 2)));
  return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? undefined : encoding;
}

function controlShare(sample: Uint8Array): number {
  const isControl = (byte: number) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d && byte !== 0x1b;
  return sample.length === 0 ? 0 : sample.filter(isControl).length / sample.length;
}

/**
 * chardet reports each multi-byte encoding with this confidence when a text is too short to decide; such a text is Western
 * far more often.
 */
const NO_CONFIDENCE = 10;

/** The likeliest encoding in which every byte is valid. */
async function guessEncoding(sample: Uint8Array): Promise<string> {
  const [{ analyse }, { default: iconv }] = await Promise.all([import('chardet'), import('iconv-lite')]);
  const fits = (encoding: string) => {
    if (!iconv.encodingExists(encoding)) return false;
    const broken = iconv.decode(sample, encoding).indexOf('\uFFFD');
    return broken === -1 || (sample.length === GUESS_BYTES && broken >= sample.length / 4 - 2); // the sample may end inside a character
  };
  const guesses = analyse(sample)
    .filter((match) => match.confidence > NO_CONFIDENCE)
    .map((match) => match.name.toLowerCase());
  return guesses.find((guess) => !guess.startsWith('utf-') && fits(guess)) ?? 'windows-1252';
}

function firstDifference(text: string, back: string): string {
  const kept = [...back];
  return [...text].find((character, at) => character !== kept[at]) ?? '';
}
