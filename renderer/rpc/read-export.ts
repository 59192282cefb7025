/** Reads a text that the host has prepared, in pieces, so that no message grows with it. */
import type { Client } from './client.ts';

/** Unit: bytes. */
const PIECE_BYTES = 512 * 1024;

/** Rejects with the client's error. */
export async function readExport(client: Client, { exportId, totalBytes }: { exportId: string; totalBytes: number }): Promise<string[]> {
  const pieces: string[] = [];
  let offsetBytes = 0;
  while (offsetBytes < totalBytes) {
    const piece = await client.request('session.readExport', { exportId, offsetBytes, maxBytes: PIECE_BYTES });
    if (piece.nextOffsetBytes <= offsetBytes) break; // there is nothing more to read
    pieces.push(piece.text);
    offsetBytes = piece.nextOffsetBytes;
  }
  return pieces;
}
