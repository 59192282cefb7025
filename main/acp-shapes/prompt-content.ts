/** The blocks of an editor's prompt as the text and the attachments of ours. Pure. */
import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContentBlock } from '@agentclientprotocol/sdk';
import { MAX_ATTACHMENTS, PromptAttachment } from '../../preload/contract/index.ts';
import { BadInput } from './bad-input.ts';

export interface PromptContent {
  readonly text: string;
  readonly attachments: readonly PromptAttachment[];
}

/** The limit of a prompt of the window. Unit: UTF-16 code units. */
const MAX_PROMPT_CHARS = 1_000_000;

interface Piece {
  readonly text: string;
  /** A reference needs white space around it; texts are lines of their own. */
  readonly isReference: boolean;
}

/**
 * A file becomes an `@` reference, so the same rules decide whether it is read as for any other prompt. An embedded text follows the
 * prompt. Errors: `BadInput`, which names the block.
 */
export function toPromptContent(blocks: readonly ContentBlock[], root: string): PromptContent {
  const pieces: Piece[] = [];
  const embedded: string[] = [];
  const attachments: PromptAttachment[] = [];
  for (const [index, block] of blocks.entries()) {
    const at = `prompt[${index}]`;
    switch (block.type) {
      case 'text':
        pieces.push({ text: block.text, isReference: false });
        break;
      case 'resource_link':
        pieces.push({ text: toReference(block.uri, block.name, root), isReference: true });
        break;
      case 'image':
        attachments.push(toAttachment(`image-${index + 1}`, block.mimeType, block.data, at));
        break;
      case 'resource': {
        const { resource } = block;
        if ('text' in resource) {
          pieces.push({ text: resource.uri, isReference: true });
          embedded.push(`<context ref="${resource.uri.replaceAll('"', '%22')}">\n${resource.text}\n</context>`);
        } else attachments.push(toAttachment(nameOf(resource.uri), resource.mimeType ?? '', resource.blob, at));
        break;
      }
      case 'audio':
        throw new BadInput(`${at}: Gantry's models take no sound. Send text, files or images.`);
      default:
        throw new BadInput(`${at}: this kind of content is not known.`);
    }
  }
  if (attachments.length > MAX_ATTACHMENTS) throw new BadInput(`A prompt can have at most ${MAX_ATTACHMENTS} images and documents.`);
  const text = [joinPieces(pieces), ...embedded].filter((part) => part !== '').join('\n\n');
  if (text.length > MAX_PROMPT_CHARS)
    throw new BadInput(`The prompt is longer than ${MAX_PROMPT_CHARS} characters. Put the text into a file and refer to it.`);
  if (text.trim() === '' && attachments.length === 0) throw new BadInput('The prompt is empty.');
  return { text, attachments };
}

function joinPieces(pieces: readonly Piece[]): string {
  let text = '';
  let wasReference = false;
  for (const piece of pieces) {
    if (text !== '' && !/\s$/.test(text) && !/^\s/.test(piece.text)) text += piece.isReference || wasReference ? ' ' : '\n';
    text += piece.text;
    wasReference = piece.isReference;
  }
  return text;
}

/** Characters that end a reference, and the backslash. Source: docs/formats.md 7.2. */
const SPECIAL = /[\s,;!?()[\]{}<>"'`|\\]/g;

function toReference(uri: string, name: string, root: string): string {
  const path = toPath(uri);
  if (path === undefined) return `[${name}](${uri})`;
  const inside = relative(root, path);
  const shown = inside === '' ? '.' : inside.startsWith(`..${sep}`) || inside === '..' || isAbsolute(inside) ? path : inside;
  return `@${shown.replaceAll(SPECIAL, '\\$&').replace(/\.$/, '\\.')}`;
}

/** Undefined for an address that is not a file. Positions in the file (`#L10`, `?symbol=`) are dropped. */
function toPath(uri: string): string | undefined {
  if (isAbsolute(uri)) return uri;
  const url = URL.parse(uri);
  if (url?.protocol !== 'file:') return undefined;
  url.hash = '';
  url.search = '';
  try {
    return fileURLToPath(url);
  } catch {
    return undefined; // another machine's file
  }
}

function nameOf(uri: string): string {
  return /([^/]+)\/*$/.exec(uri)?.[1]?.slice(0, 255) ?? 'attachment';
}

function toAttachment(name: string, mimeType: string, data: string, at: string): PromptAttachment {
  const parsed = PromptAttachment.safeParse({ name, mimeType, data });
  if (parsed.success) return parsed.data;
  throw new BadInput(
    `${at}: only images (PNG, JPEG, GIF, WebP) and PDF files of at most 5 MB can be attached, not "${mimeType.slice(0, 100)}".`,
  );
}
