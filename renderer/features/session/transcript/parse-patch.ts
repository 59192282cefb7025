/** The rows of a unified diff for the view. Pure; text outside hunks is omitted. */
export interface PatchRow {
  readonly kind: 'hunk' | 'context' | 'add' | 'remove';
  /** Without its marker. */
  readonly text: string;
  readonly oldLine: number | undefined;
  readonly newLine: number | undefined;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;

export function parsePatch(patch: string): PatchRow[] {
  const rows: PatchRow[] = [];
  let oldLine = 0;
  let newLine = 0;
  let oldLeft = 0;
  let newLeft = 0;
  for (const line of patch.split('\n')) {
    const hunk = oldLeft <= 0 && newLeft <= 0 ? HUNK.exec(line) : null;
    if (hunk) {
      oldLine = Number(hunk[1]);
      oldLeft = Number(hunk[2] ?? 1);
      newLine = Number(hunk[3]);
      newLeft = Number(hunk[4] ?? 1);
      rows.push({ kind: 'hunk', text: hunk[5] ?? '', oldLine, newLine });
      continue;
    }
    // Outside a hunk are the file names; "\ No newline at end of file" refers to the line before it.
    if ((oldLeft <= 0 && newLeft <= 0) || line.startsWith('\\')) continue;
    const text = line.slice(1);
    if (line.startsWith('+')) {
      rows.push({ kind: 'add', text, oldLine: undefined, newLine });
      newLine += 1;
      newLeft -= 1;
    } else if (line.startsWith('-')) {
      rows.push({ kind: 'remove', text, oldLine, newLine: undefined });
      oldLine += 1;
      oldLeft -= 1;
    } else {
      rows.push({ kind: 'context', text, oldLine, newLine });
      oldLine += 1;
      newLine += 1;
      oldLeft -= 1;
      newLeft -= 1;
    }
  }
  return rows;
}
