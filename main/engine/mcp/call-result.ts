/**
 * Converts what a call, a prompt or a resource returns to text that a model can read. Bytes become files; images and documents of
 * a call that models accept are also sent to the model unchanged.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { amount } from '../lib/amount.ts';
import type { MediaPart } from '../provider/provider.ts';
import { isPdf, kindOfBinary } from '../tool/index.ts';
import { plainText } from './tool-listing.ts';

export interface ResultText {
  readonly text: string;
  readonly isError: boolean;
  readonly media: readonly MediaPart[];
}

/** Writes bytes to a file that `read_file` can read; returns the path, or undefined if that failed. */
export type SaveBytes = (fileName: string, bytes: Uint8Array) => Promise<string | undefined>;

/** Further parts of a result are omitted. */
const MAX_PARTS = 200;
/** Unit: UTF-16 code units. The tool runner shortens further, and keeps the whole text in a file. */
const MAX_TEXT_CHARS = 2_000_000;
/**
 * Limits for one result; the other parts are only files. Providers refuse larger ones. Units: pieces, bytes of one, bytes of all.
 */
const MAX_MEDIA = 8;
const MAX_MEDIA_BYTES = 5 * 1024 * 1024;
const MAX_ALL_MEDIA_BYTES = 10 * 1024 * 1024;

const Contents = z.object({
  uri: z.string(),
  text: z.string().optional(),
  blob: z.string().optional(),
  mimeType: z.string().optional().catch(undefined),
});
const Part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.enum(['image', 'audio']), data: z.string(), mimeType: z.string().catch('') }),
  z.object({ type: z.literal('resource'), resource: Contents }),
  z.object({
    type: z.literal('resource_link'),
    uri: z.string(),
    name: z.string().catch(''),
    description: z.string().optional().catch(undefined),
  }),
]);
const CallResult = z.object({
  content: z.array(z.unknown()).catch([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().catch(false),
});
const PromptResult = z.object({ messages: z.array(z.object({ role: z.string(), content: z.unknown().optional() })).catch([]) });
const ResourceResult = z.object({ contents: z.array(z.unknown()).catch([]) });

export async function callResultText(result: unknown, save: SaveBytes): Promise<ResultText> {
  const { content, structuredContent, isError } = CallResult.parse(result);
  const media: MediaPart[] = [];
  const text = await partsText(content, save, media);
  if (text !== '') return { text, isError, media };
  const structured = structuredContent === undefined ? '(The tool returned nothing.)' : cut(JSON.stringify(structuredContent));
  return { text: structured, isError, media };
}

/** The messages of a prompt one after the other; messages that are not the user's begin with their role. */
export async function promptText(result: unknown, save: SaveBytes): Promise<string> {
  const { messages } = PromptResult.parse(result);
  const texts = await Promise.all(
    messages.slice(0, MAX_PARTS).map(async ({ role, content }) => {
      const text = await partsText([content], save);
      return role === 'user' ? text : `[${plainText(role, 20)}] ${text}`;
    }),
  );
  return cut(texts.join('\n\n'));
}

/** `media`: handles content that models accept; absent: media are not passed on. */
export async function resourceText(result: unknown, save: SaveBytes, media?: MediaPart[]): Promise<string> {
  const { contents } = ResourceResult.parse(result);
  return partsText(
    contents.map((resource) => ({ type: 'resource', resource })),
    save,
    media,
  );
}

async function partsText(parts: readonly unknown[], save: SaveBytes, media?: MediaPart[]): Promise<string> {
  const texts: string[] = [];
  for (const value of parts.slice(0, MAX_PARTS)) {
    const part = Part.safeParse(value).data;
    texts.push(part === undefined ? '[a part of an unsupported kind]' : await partText(part, save, media));
  }
  if (parts.length > MAX_PARTS) texts.push(`[${amount(parts.length - MAX_PARTS, 'more part')} omitted]`);
  return cut(texts.filter((text) => text !== '').join('\n'));
}

async function partText(part: z.infer<typeof Part>, save: SaveBytes, media?: MediaPart[]): Promise<string> {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'resource_link': {
      const said = [part.name, part.description ?? ''].filter((text) => text !== '').map((text) => plainText(text, 300));
      return `[resource ${plainText(part.uri, 2_000)}${said.length === 0 ? '' : ` (${said.join(': ')})`}; read_mcp_resource reads it]`;
    }
    case 'resource': {
      const { uri, text, blob = '', mimeType = '' } = part.resource;
      return text ?? (await saved(`resource ${plainText(uri, 500)}`, { base64: blob, mimeType }, save, media));
    }
    default:
      return saved(part.type, { base64: part.data, mimeType: part.mimeType }, save, media);
  }
}

interface Bytes {
  readonly base64: string;
  readonly mimeType: string;
}

async function saved(what: string, { base64, mimeType }: Bytes, save: SaveBytes, media?: MediaPart[]): Promise<string> {
  const bytes = Buffer.from(base64, 'base64');
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(mimeType) ? mimeType : 'application/octet-stream';
  const name = `mcp_${randomBytes(6).toString('hex')}.${toExtension(type)}`;
  const path = await save(name, bytes);
  const isShown = media !== undefined && addMedia(bytes, name, media);
  const where = path === undefined ? 'it could not be saved' : `saved as ${path}; ${isShown ? 'it follows' : 'read_file shows it'}`;
  return `[${what}: ${type}, ${bytes.length} bytes, ${where}]`;
}

/** Its first bytes determine what it is: a server can call anything an image. */
function addMedia(bytes: Buffer, name: string, media: MediaPart[]): boolean {
  const mimeType = isPdf(bytes) ? 'application/pdf' : kindOfBinary(bytes).mimeType;
  const usedBytes = media.reduce((sum, { data }) => sum + (data.length * 3) / 4, 0);
  if (mimeType === undefined || media.length >= MAX_MEDIA || bytes.length > MAX_MEDIA_BYTES) return false;
  if (usedBytes + bytes.length > MAX_ALL_MEDIA_BYTES) return false;
  media.push({ mimeType, data: bytes.toString('base64'), name });
  return true;
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/svg+xml': 'svg',
  'application/pdf': 'pdf',
  'audio/wav': 'wav',
  'audio/mpeg': 'mp3',
  'application/json': 'json',
  'text/plain': 'txt',
};

function toExtension(type: string): string {
  return EXTENSIONS[type] ?? 'bin';
}

function cut(text: string): string {
  return text.length <= MAX_TEXT_CHARS
    ? text
    : `${text.slice(0, MAX_TEXT_CHARS)}\n[${text.length - MAX_TEXT_CHARS} more characters are omitted]`;
}

/** Saves into the folder that tools may read without approval. */
export function saveInto(folder: string, fs: { writeBytes(path: string, bytes: Uint8Array): Promise<void> }): SaveBytes {
  return async (fileName, bytes) => {
    const path = join(folder, fileName);
    return fs.writeBytes(path, bytes).then(
      () => path,
      () => undefined, // the text reports it
    );
  };
}
