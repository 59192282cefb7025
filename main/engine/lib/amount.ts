/** A number with its noun: `1 entry`, `2 entries`, `12,345 bytes`. Pure. */
export function amount(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? noun : plural}`;
}
