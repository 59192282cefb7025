/** Reports the problems of a session file, line by line. Changes nothing. */
import type { SessionProblem } from '../../../preload/contract/index.ts';
import { parseRecord } from '../transcript/index.ts';
import { isSameFolder } from './same-folder.ts';
import { type LineLocation, scanLines } from './line-file.ts';
import { readChain, openIfThere } from './session-file.ts';

const MAX_PROBLEMS = 100;

export interface SessionReport {
  /** Lines that are records. */
  readonly records: number;
  /** Records that are part of the current conversation. */
  readonly shown: number;
  readonly problemCount: number;
  readonly problems: readonly SessionProblem[];
}

/** Undefined: the file does not exist. Memory: the uuids of the file. */
export async function inspectSession(path: string, expected: { sessionId: string; cwd: string }): Promise<SessionReport | undefined> {
  const file = await openIfThere(path);
  if (file === undefined) return undefined;
  const problems: SessionProblem[] = [];
  const orphans: { uuid: string; parentUuid: string; line: number; offsetBytes: number }[] = [];
  const parents = new Map<string, string | null>();
  let problemCount = 0;
  let records = 0;
  let line = 0;
  const report = (kind: SessionProblem['kind'], offsetBytes: number, message: string, at = line) => {
    problemCount += 1;
    if (problems.length < MAX_PROBLEMS) problems.push({ kind, line: at, offsetBytes, message });
  };
  try {
    for await (const { text, offset, length, complete } of scanLines(file)) {
      line += 1;
      if (length === 0 || (length === text.length && text.trim() === '')) continue;
      const record = parseRecord(text);
      if (record === undefined) {
        report(...describeLine(text, complete, { offset, length }));
        continue;
      }
      records += 1;
      const { uuid, parentUuid, sessionId, cwd } = record;
      if (parents.has(uuid)) {
        report('duplicate', offset, `Line ${line} has the id of an earlier record (${uuid}); both are read as one record.`);
        continue;
      }
      parents.set(uuid, parentUuid);
      if (typeof sessionId === 'string' && sessionId !== expected.sessionId)
        report('foreign_session', offset, `Line ${line} was written for another session (${sessionId}); it is read as part of this one.`);
      if (cwd !== undefined && !isSameFolder(cwd, expected.cwd))
        report('foreign_folder', offset, `Line ${line} was written in another folder (${cwd}); it is read as part of this session.`);
      if (parentUuid !== null && parentUuid !== '' && !parents.has(parentUuid))
        orphans.push({ uuid, parentUuid, line, offsetBytes: offset });
    }
  } finally {
    await file.close();
  }
  for (const { parentUuid, line: at, offsetBytes } of orphans) {
    if (parents.has(parentUuid))
      report('out_of_order', offsetBytes, `Line ${at} is stored before the record it follows (${parentUuid}).`, at);
    else
      report(
        'missing_parent',
        offsetBytes,
        `Line ${at} follows a record that is not in the file (${parentUuid}); earlier records are shown before it.`,
        at,
      );
  }
  for (const uuid of findCycles(parents)) report('cycle', 0, `The record ${uuid} is part of a cycle; the cycle is cut there.`, 0);
  let shown = 0;
  await readChain(path, () => void (shown += 1));
  return { records, shown, problemCount, problems };

  function describeLine(text: string, complete: boolean, { offset, length }: LineLocation): [SessionProblem['kind'], number, string] {
    if (!complete) return ['torn', offset, `Line ${line}, the last one, is truncated (${length} bytes); it is skipped.`];
    if (isJson(text)) return ['no_record', offset, `Line ${line} is JSON but not a record, because it has no uuid or type; it is skipped.`];
    return ['not_json', offset, `Line ${line} is not JSON (${length} bytes); it is skipped.`];
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** One record of every cycle. */
function findCycles(parents: ReadonlyMap<string, string | null>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  for (const start of parents.keys()) {
    const path = new Set<string>();
    let uuid: string | null = start;
    while (uuid !== null && parents.has(uuid) && !done.has(uuid) && !path.has(uuid)) {
      path.add(uuid);
      uuid = parents.get(uuid) ?? null;
    }
    if (uuid !== null && path.has(uuid)) found.push(uuid);
    for (const seen of path) done.add(seen);
  }
  return found;
}
