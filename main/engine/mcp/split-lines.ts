/** Splits a stream of bytes into lines. A line longer than the limit ends it. */
export interface LineSplitter {
  /** False: a line was too long, and no more lines follow. */
  push(chunk: Buffer): boolean;
}

/** Pieces of a line are joined only when it is complete, so that a long one is copied once. */
export function splitLines(maxBytes: number, onLine: (line: Buffer) => void): LineSplitter {
  let pieces: Buffer[] = [];
  let heldBytes = 0;
  let isOver = false;
  return {
    push(chunk) {
      let from = 0;
      while (!isOver) {
        const end = chunk.indexOf(10, from);
        const piece = chunk.subarray(from, end === -1 ? chunk.length : end);
        heldBytes += piece.length;
        if (heldBytes > maxBytes) {
          isOver = true;
          pieces = [];
          break;
        }
        pieces.push(piece);
        if (end === -1) return true;
        const line = pieces.length === 1 ? piece : Buffer.concat(pieces);
        pieces = [];
        heldBytes = 0;
        from = end + 1;
        onLine(line);
      }
      return false;
    },
  };
}
