import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createKeptPrompts, keptPromptsFolder } from './kept-prompts.ts';

const PICTURE = { name: 'a.png', mimeType: 'image/png' as const, data: 'AQID' };
const silent = () => undefined;
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'gantry-kept-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const folder = () => keptPromptsFolder(home, 's1');
/** A run of the app; `written`: the records in the session file. */
function run(written: readonly string[] = []) {
  const warnings: string[] = [];
  const asked: { ids: readonly string[]; sinceMs: number }[] = [];
  const kept = createKeptPrompts({
    folder: folder(),
    nowMs: () => 1000, // a stopped clock must not lose the order
    logger: { debug: silent, info: silent, warn: (text) => void warnings.push(text), error: silent },
    findRecords: async (ids, sinceMs) => {
      asked.push({ ids: [...ids], sinceMs });
      return new Set(written.filter((id) => ids.has(id)));
    },
  });
  return { kept, warnings, asked };
}

test('a queued prompt is on disk with its attachments, readable only by the owner, and is recalled once and in order', async () => {
  const first = run();
  await first.kept.add({ localId: 'a', text: 'first @notes.md', delivery: 'steer' }, []);
  await first.kept.add({ localId: 'b', text: 'second' }, [PICTURE]);
  await first.kept.add({ localId: 'c', text: 'third' }, []);
  await first.kept.remove('c');
  const names = readdirSync(folder());
  expect(names).toHaveLength(2);
  if (process.platform !== 'win32') {
    const modes = [folder(), ...names.map((name) => join(folder(), name))].map((path) => statSync(path).mode & 0o777);
    expect(modes).toEqual([0o700, 0o600, 0o600]);
  }
  expect(await first.kept.recall()).toEqual([]); // already known

  const second = run();
  expect(await second.kept.recall()).toEqual([
    { localId: 'a', text: 'first @notes.md', delivery: 'steer', attachments: [] },
    { localId: 'b', text: 'second', attachments: [PICTURE] },
  ]);
  expect(await second.kept.recall()).toEqual([]);
  expect(second.kept.recordIdOf('a')).toBe(first.kept.recordIdOf('a'));
  await second.kept.remove('a');
  await second.kept.remove('b');
  expect(existsSync(folder())).toBe(false);
  expect(await second.kept.recall()).toEqual([]);
});

test('a prompt whose record is in the session file was sent: it is not recalled, and its file is removed', async () => {
  const first = run();
  await first.kept.add({ localId: 'a', text: 'sent' }, []);
  await first.kept.add({ localId: 'b', text: 'waits' }, []);
  const sent = first.kept.recordIdOf('a') ?? '';
  const second = run([sent]);
  expect((await second.kept.recall()).map(({ text }) => text)).toEqual(['waits']);
  expect(second.asked).toEqual([{ ids: [sent, first.kept.recordIdOf('b')], sinceMs: 1000 }]);
  expect(readdirSync(folder())).toHaveLength(1);
});

test('a prompt that is removed while it is being written leaves nothing', async () => {
  const { kept } = run();
  const added = kept.add({ localId: 'a', text: 'no, wait' }, []);
  await kept.remove('a');
  await added;
  expect(existsSync(folder())).toBe(false);
});

test('a prompt that could not be written does not block the next one, and removing twice is not an error', async () => {
  mkdirSync(dirname(folder()), { recursive: true });
  writeFileSync(folder(), ''); // a file where the folder is needed
  const { kept, warnings } = run();
  await expect(kept.add({ localId: 'a', text: 'first' }, [])).rejects.toMatchObject({ code: 'file_unwritable' });
  rmSync(folder());
  await kept.add({ localId: 'b', text: 'second' }, []);
  expect((await run().kept.recall()).map(({ text }) => text)).toEqual(['second']);
  await kept.remove('b');
  await kept.remove('b');
  expect(warnings).toEqual([]);
});

test('a damaged file is not a prompt, affects no other prompt, and is kept', async () => {
  const first = run();
  await first.kept.add({ localId: 'a', text: 'good' }, []);
  const name = `000000000000999-${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)}.json`;
  writeFileSync(join(folder(), name), '{"localId":"b","te');
  writeFileSync(join(folder(), 'other.txt'), '');
  expect((await run().kept.recall()).map(({ text }) => text)).toEqual(['good']);
  expect(readFileSync(join(folder(), name), 'utf8')).toBe('{"localId":"b","te');
});
