import type { Terminal } from '@xterm/xterm';

/** Lines that the terminal wrapped are joined. `newest`: only from the end of the buffer. */
export function bufferText(terminal: Pick<Terminal, 'buffer'>, newest = Number.POSITIVE_INFINITY): string {
  const { active } = terminal.buffer;
  const lines: string[] = [];
  for (let row = Math.max(0, active.length - newest); row < active.length; row += 1) {
    const line = active.getLine(row);
    if (line === undefined) continue;
    const continues = active.getLine(row + 1)?.isWrapped === true;
    const text = line.translateToString(!continues);
    if (line.isWrapped && lines.length > 0) lines[lines.length - 1] += text;
    else lines.push(text);
  }
  return lines.join('\n').trimEnd();
}
