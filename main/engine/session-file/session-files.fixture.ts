/** Session files for tests of their readers: whole ones, and each kind of damage. The same seed gives the same file. */

/** mulberry32: small, fast, and the same everywhere. */
export function createRandom(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number) => Math.floor(next() * count);
  const uuid = () => Array.from({ length: 32 }, () => '0123456789abcdef'[below(16)]).join('');
  return { below, uuid };
}
export type Random = ReturnType<typeof createRandom>;

/** Three to eight turns as both versions of Qwen Code write them, with their side records. */
export function makeSession({ below, uuid }: Random): string[] {
  const lines: string[] = [];
  let parentUuid: string | null = null;
  const put = (fields: object) => {
    const id = uuid();
    lines.push(JSON.stringify({ uuid: id, parentUuid, sessionId: 's', timestamp: '2026-05-17T10:00:00.000Z', cwd: '/p', ...fields }));
    parentUuid = id;
  };
  for (let turn = 0, turns = 3 + below(6); turn < turns; turn += 1) {
    const callId = `call_${uuid()}`;
    put({ type: 'user', message: { role: 'user', parts: [{ text: `prompt ${turn} "é" \u{1f600}` }] } });
    put({ type: 'system', subtype: 'ui_telemetry', systemPayload: { uiEvent: { 'event.name': 'qwen-code.api_response' } } });
    put({ type: 'assistant', model: 'm', message: { role: 'model', parts: [{ functionCall: { id: callId, name: 'glob', args: {} } }] } });
    put({
      type: 'tool_result',
      message: { role: 'user', parts: [{ functionResponse: { id: callId, name: 'glob', response: { output: 'a' } } }] },
      toolCallResult: { callId, status: 'success', resultDisplay: 'Found 1' },
    });
    put({ type: 'assistant', model: 'm', message: { role: 'model', parts: [{ text: `answer ${turn}` }] } });
    if (below(4) === 0) put({ type: 'system', subtype: 'from_a_later_version', systemPayload: { any: 'thing' } });
  }
  return lines;
}

/** A session with rewinds, abandoned branches, records on several lines, detached records and titles; up to 400 rows. `canBeginAnew`: with rewinds to the very beginning. */
export function makeEventfulSession(random: Random, canBeginAnew: boolean): string[] {
  const { below, uuid } = random;
  const lines: string[] = [];
  const ids: string[] = [];
  let parentUuid: string | null = null;
  const put = (fields: object, id = uuid(), parent: string | null = parentUuid) => {
    const timestamp = new Date(Date.UTC(2026, 4, 17) + lines.length * 1000).toISOString();
    lines.push(JSON.stringify({ uuid: id, parentUuid: parent, sessionId: 's', timestamp, cwd: '/p', ...fields }));
    return id;
  };
  const next = (fields: object) => {
    parentUuid = put(fields);
    ids.push(parentUuid);
  };
  for (let turn = 0, turns = 1 + below(below(4) === 0 ? 140 : 12); turn < turns; turn += 1) {
    const kind = below(12);
    if (kind === 0 && ids.length > 0) {
      parentUuid = canBeginAnew && below(4) === 0 ? null : (ids[below(ids.length)] ?? null);
      next({ type: 'system', subtype: 'rewind', systemPayload: { targetTurnIndex: 0 } });
    }
    if (kind === 1) put({ type: 'system', subtype: 'detached' }, uuid(), null);
    const forkedAt = kind === 2 ? ids[below(ids.length + 1)] : undefined;
    if (forkedAt !== undefined) put({ type: 'user', message: { parts: [{ text: 'abandoned' }] } }, uuid(), forkedAt);
    if (kind === 3) next({ type: 'system', subtype: 'custom_title', systemPayload: { customTitle: `title ${turn}` } });
    if (kind === 4) next({ type: 'system', subtype: 'gantry_grant', systemPayload: { rule: `Bash(git ${turn}:*)` } });
    next({ type: 'user', message: { role: 'user', parts: [{ text: `prompt ${turn}` }] } });
    const callId = `call_${uuid()}`;
    const call = { functionCall: { id: callId, name: 'glob', args: {} } };
    const answer = { type: 'assistant', model: 'm', usageMetadata: { totalTokenCount: 100 + turn }, contextWindowSize: 1000 };
    const answerId = put({ ...answer, message: { role: 'model', parts: [{ text: `part ${turn}` }] } });
    if (kind === 5) put({ ...answer, message: { role: 'model', parts: [{ text: 'more' }] } }, answerId);
    if (kind !== 6) put({ ...answer, message: { role: 'model', parts: [call] } }, answerId);
    parentUuid = answerId;
    if (kind < 6) {
      const response = { functionResponse: { id: callId, name: 'glob', response: { output: 'a' } } };
      next({ type: 'tool_result', message: { role: 'user', parts: [response] }, toolCallResult: { callId, status: 'success' } });
    }
  }
  return lines;
}

const foreign = (uuid: string, parentUuid: string | null) =>
  JSON.stringify({ uuid, parentUuid, sessionId: 'other', type: 'user', cwd: '/other', message: { parts: [{ text: 'foreign' }] } });

export const KINDS = 12;

/** One kind of damage. */
export function mutate(kind: number, bytes: Buffer, { below, uuid }: Random): Buffer {
  const at = below(bytes.length + 1);
  const lines = () => bytes.toString('latin1').split('\n');
  const joined = (changed: readonly string[]) => Buffer.from(changed.join('\n'), 'latin1');
  const pick = lines().length - 1;
  switch (kind) {
    case 0: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = below(256);
      return copy;
    }
    case 1: {
      const copy = Buffer.from(bytes);
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << below(8));
      return copy;
    }
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + below(600)))]);
    case 3:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(Array.from({ length: 1 + below(40) }, () => below(256))),
        bytes.subarray(at),
      ]);
    case 4:
      return bytes.subarray(0, at);
    case 5:
      return joined(lines().filter((_, index) => index !== below(pick + 1)));
    case 6: {
      const from = below(pick + 1);
      return joined(lines().flatMap((line, index) => (index === from ? [line, line] : [line])));
    }
    case 7: {
      const all = lines();
      const [one, two] = [below(pick), below(pick)];
      [all[one], all[two]] = [all[two] ?? '', all[one] ?? ''];
      return joined(all);
    }
    case 8:
      return joined(lines().toSpliced(below(pick + 1), 0, foreign(uuid(), below(2) === 0 ? null : uuid())));
    case 9:
      return joined(lines().toSpliced(below(pick + 1), 0, ['', '   ', '[]', 'null', '{"a":1}', '\0\0\0\0', '{"uuid":1}'][below(7)] ?? ''));
    case 10:
      return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
    default:
      return Buffer.concat([bytes, Buffer.from('{"uuid":"torn","parentUuid":')]);
  }
}
