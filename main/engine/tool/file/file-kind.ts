import { defined } from '../../../../preload/contract/index.ts';
/** The type of a binary file, from its first bytes. */
export interface FileKind {
  readonly group: 'image' | 'pdf' | 'other';
  /** With its article, for a sentence: "a PNG image". */
  readonly name: string;
  /** The media type, if models accept it. */
  readonly mimeType?: string;
}

const image = (name: string, mimeType?: string): FileKind => ({ group: 'image', name, ...defined({ mimeType }) });
const other = (name: string): FileKind => ({ group: 'other', name });

/** `at` is the offset of `magic`, each character one byte. Source: the formats' own specifications. */
const SIGNATURES: readonly { readonly magic: string; readonly at?: number; readonly kind: FileKind }[] = [
  { magic: '\x89PNG\r\n\x1a\n', kind: image('a PNG image', 'image/png') },
  { magic: '\xff\xd8\xff', kind: image('a JPEG image', 'image/jpeg') },
  { magic: 'GIF87a', kind: image('a GIF image', 'image/gif') },
  { magic: 'GIF89a', kind: image('a GIF image', 'image/gif') },
  { magic: 'WEBP', at: 8, kind: image('a WebP image', 'image/webp') },
  { magic: '\0\0\x01\0', kind: image('an icon') },
  { magic: 'ftypavif', at: 4, kind: image('an AVIF image') },
  { magic: '%PDF-', kind: { group: 'pdf', name: 'a PDF document', mimeType: 'application/pdf' } },
  { magic: 'PK\x03\x04', kind: other('a ZIP archive (or an Office document, a JAR, an EPUB)') },
  { magic: '\x1f\x8b', kind: other('a gzip archive') },
  { magic: 'BZh', kind: other('a bzip2 archive') },
  { magic: '\xfd7zXZ\0', kind: other('an xz archive') },
  { magic: '\x28\xb5\x2f\xfd', kind: other('a zstd archive') },
  { magic: '7z\xbc\xaf\x27\x1c', kind: other('a 7z archive') },
  { magic: 'ustar', at: 257, kind: other('a tar archive') },
  { magic: '\x7fELF', kind: other('an ELF executable or library') },
  { magic: 'MZ', kind: other('a Windows executable or library') },
  { magic: '\xcf\xfa\xed\xfe', kind: other('a macOS executable or library') },
  { magic: '\xca\xfe\xba\xbe', kind: other('a Java class or a universal macOS executable') },
  { magic: '\0asm', kind: other('a WebAssembly module') },
  { magic: 'SQLite format 3\0', kind: other('a SQLite database') },
  { magic: 'wOFF', kind: other('a font') },
  { magic: 'wOF2', kind: other('a font') },
  { magic: 'OTTO', kind: other('a font') },
  { magic: '\0\x01\0\0', kind: other('a font') },
  { magic: 'OggS', kind: other('an Ogg audio or video file') },
  { magic: 'ID3', kind: other('an MP3 audio file') },
  { magic: 'fLaC', kind: other('a FLAC audio file') },
  { magic: 'WAVE', at: 8, kind: other('a WAV audio file') },
  { magic: 'ftyp', at: 4, kind: other('an MP4 or QuickTime video') },
  { magic: '\x1aE\xdf\xa3', kind: other('a Matroska or WebM video') },
];

/** Text may begin with some of these ("MZ", "BZh", "ID3"), so check only bytes that are not text, except for PDF. */
export function kindOfBinary(bytes: Uint8Array): FileKind {
  const start = String.fromCharCode(...bytes.subarray(0, 300));
  return SIGNATURES.find(({ magic, at = 0 }) => start.startsWith(magic, at))?.kind ?? other('a binary file');
}

/** A PDF may consist of printable bytes alone and is still a document. */
export function isPdf(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, 5)) === '%PDF-';
}
