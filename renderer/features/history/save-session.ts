/** A whole session as a file, read in pieces so that no message grows with it. */
import type { Params } from '../../../preload/contract/index.ts';
import type { Client } from '../../rpc/index.ts';
import { type DeliverFile, deliverFile } from '../../ui/index.ts';

/** Unit: bytes. */
const PIECE_BYTES = 512 * 1024;

/** Resolves with the name of the file once it is handed over; rejects with the client's error. */
export async function saveSession(client: Client, wanted: Params<'session.export'>, deliver: DeliverFile = deliverFile): Promise<string> {
  const { exportId, fileName, mediaType, totalBytes } = await client.request('session.export', wanted);
  const pieces: string[] = [];
  let offsetBytes = 0;
  while (offsetBytes < totalBytes) {
    const piece = await client.request('session.readExport', { exportId, offsetBytes, maxBytes: PIECE_BYTES });
    if (piece.nextOffsetBytes <= offsetBytes) break; // nothing more is to be had
    pieces.push(piece.text);
    offsetBytes = piece.nextOffsetBytes;
  }
  deliver(new Blob(pieces, { type: mediaType }), fileName);
  return fileName;
}
