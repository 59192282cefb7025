/** docs/sessions.md: the session file is synced at the end of every turn. */
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { createEngineFixture, newSession } from './support/engine-fixture.ts';
import { calls, says } from './support/scripted-model.ts';

afterEach(() => void vi.restoreAllMocks());

test('a turn syncs its session file once, after its last record', async () => {
  const call = calls({ id: 'c1', name: 'glob', input: { pattern: '*' } });
  const fixture = await createEngineFixture({ answers: [call, says('one'), says('two')] });
  const id = await newSession(fixture);
  const handle = await open(import.meta.filename);
  const sizes: number[] = [];
  const prototype: typeof handle = Object.getPrototypeOf(handle);
  await handle.close();
  const { datasync } = prototype;
  vi.spyOn(prototype, 'datasync').mockImplementation(async function sync(this: typeof handle) {
    sizes.push((await this.stat()).size);
    await datasync.call(this);
  });
  await fixture.run(id, 'go');
  const size = () => readFileSync(fixture.sessionFile(id)).length;
  await expect.poll(() => sizes).toEqual([size()]);
  await fixture.run(id, 'again');
  await expect.poll(() => sizes).toEqual([sizes[0], size()]);
  await fixture.close();
});
