/**
 * Files as the user sees them: a text file that is open in an editor has the editor's text, unsaved changes included. Everything else,
 * and every question about a file besides its content, is answered by the disk.
 */
import type { EditorFiles } from '../../editor-api.ts';
import { EngineError } from '../../errors.ts';
import type { WorkspaceFs } from '../../ports.ts';
import { decodeFile, encodeText, mainNewline, withNewlines } from './text-format.ts';

/** A larger file is read from the disk: an editor sends its whole text in one message. Unit: bytes. */
const MAX_EDITOR_BYTES = 10 * 1024 * 1024;

/** `editor` is asked at each call. `isShared`: the editor may be asked about this path. */
export function createDocumentFs(fs: WorkspaceFs, editor: () => EditorFiles | undefined, isShared: (path: string) => boolean): WorkspaceFs {
  return {
    ...fs,
    async readBytes(path, limitBytes) {
      const bytes = await fs.readBytes(path, limitBytes);
      const readText = editor()?.readText;
      if (readText === undefined || !isShared(path) || bytes.length >= Math.min(limitBytes, MAX_EDITOR_BYTES)) return bytes;
      const onDisk = await decodeFile(bytes, { isComplete: true });
      if (onDisk.kind === 'binary' || onDisk.format.encoding !== 'utf-8') return bytes; // an editor may have guessed another encoding
      const text = await readText(path);
      if (text === undefined) return bytes;
      const encoded = await encodeText(asOnDisk(text, onDisk.text), onDisk.format);
      if (!encoded.ok)
        throw new EngineError('file_unreadable', `The editor's text of ${path} is not valid Unicode. Save the file, then try again.`);
      return encoded.bytes.length > limitBytes ? encoded.bytes.subarray(0, limitBytes) : encoded.bytes;
    },
    async writeBytes(path, bytes) {
      const writeText = editor()?.writeText;
      const text = writeText === undefined || !isShared(path) ? undefined : toText(bytes);
      if (writeText === undefined || text === undefined || !(await writeText(path, text))) await fs.writeBytes(path, bytes);
    },
  };
}

/** Many editors hold their texts without byte order mark and with LF, whatever the file has. */
function asOnDisk(text: string, onDisk: string): string {
  const plain = text.replace(/^\uFEFF/, '');
  return plain.includes('\r\n') || !onDisk.includes('\r\n') ? plain : withNewlines(plain, mainNewline(onDisk));
}

function toText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined; // not UTF-8: an editor would change its encoding
  }
}
