import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readOutputPiece } from './read-output.ts';

const folder = mkdtempSync(join(tmpdir(), 'gantry-output-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'shell-bg_00000001.output');

test('a text read in pieces of any size is complete, including characters of four bytes', async () => {
  const text = 'a\u00e9\u6f22\u{1f600}z\n'.repeat(3);
  writeFileSync(path, text);
  for (let size = 4; size < 20; size += 1) {
    let read = '';
    let offset = 0;
    for (;;) {
      const piece = await readOutputPiece(path, offset, size);
      expect(piece.totalBytes).toBe(Buffer.byteLength(text));
      read += piece.text;
      if (piece.nextOffsetBytes >= piece.totalBytes) break;
      expect(piece.nextOffsetBytes).toBeGreaterThan(offset);
      offset = piece.nextOffsetBytes;
    }
    expect(read).toBe(text);
  }
});

test('reading beyond the end returns nothing, and a missing file has its error code', async () => {
  writeFileSync(path, 'abc');
  expect(await readOutputPiece(path, 9, 4)).toEqual({ text: '', nextOffsetBytes: 9, totalBytes: 3 });
  await expect(readOutputPiece(join(folder, 'gone'), 0, 4)).rejects.toMatchObject({ code: 'file_not_found' });
});

test('a file that ends inside a character is read to its end', async () => {
  writeFileSync(path, Buffer.from([0x61, 0xe6, 0xbc]));
  expect(await readOutputPiece(path, 0, 8)).toEqual({ text: 'a\uFFFD', nextOffsetBytes: 3, totalBytes: 3 });
});
