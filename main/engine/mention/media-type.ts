/** Recognizes the images and documents that models accept by their first bytes, because a name can be wrong. Source: the formats' own specifications. */
const MEDIA: readonly { readonly mimeType: string; readonly magic: string; readonly at: number }[] = [
  { mimeType: 'image/png', magic: '\x89PNG\r\n\x1a\n', at: 0 },
  { mimeType: 'image/jpeg', magic: '\xff\xd8\xff', at: 0 },
  { mimeType: 'image/gif', magic: 'GIF87a', at: 0 },
  { mimeType: 'image/gif', magic: 'GIF89a', at: 0 },
  { mimeType: 'image/webp', magic: 'WEBP', at: 8 },
  { mimeType: 'application/pdf', magic: '%PDF-', at: 0 },
];

/** Undefined: neither. */
export function detectMediaType(bytes: Uint8Array): string | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  return MEDIA.find(({ magic, at }) => start.startsWith(magic, at))?.mimeType;
}
