import { afterAll, beforeAll, expect, test } from 'vitest';
import { fails, type ScriptedAnswer, says } from '../../test/support/scripted-model.ts';
import { makeWorkspace, type TestWorkspace } from '../../test/support/tool-workspace.ts';
import type { ModelMessage, ModelRequest } from '../provider/provider.ts';
import type { CompactionRecord } from './context-use.ts';
import { makeRoom } from './make-room.ts';
import { makeTurn, scriptedModel } from './turn-request.fixture.ts';
import { createTurnRun } from './turn-context.ts';

let workspace: TestWorkspace;
beforeAll(async () => {
  workspace = await makeWorkspace();
});
afterAll(() => workspace.remove());

const HISTORY = Array.from({ length: 40 }, (_, at): ModelMessage[] => [
  { role: 'user', text: `${at} ${'word '.repeat(400)}` },
  { role: 'assistant', text: 'Yes.', thinking: '', toolCalls: [] },
]).flat();

/** For a window of 100,000 tokens that counts as full at 85,000. */
async function room(
  counted: number,
  compactions: CompactionRecord,
  why: 'full' | 'too_long' = 'full',
  answer: ScriptedAnswer = says('Summary.'),
) {
  const requests: ModelRequest[] = [];
  const moments: string[] = [];
  const { request } = makeTurn(workspace, {
    history: () => HISTORY,
    context: {
      usage: () => ({ counted, added: 0 }),
      compactAt: 0.85,
      compactions,
      compacting: async (moment, summary) => void moments.push(`${moment} ${summary}`.trim()),
    },
  });
  const steps = makeRoom(createTurnRun(request), scriptedModel([answer], requests), why);
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return { made: next.value, requests, moments };
  }
}

test('compaction starts at the share of the window that the settings name, and resets its failure count', async () => {
  expect(await room(84_999, { failures: 0, tokensAfterLast: 0 })).toEqual({ made: 'not_made', requests: [], moments: [] });
  const compactions = { failures: 2, tokensAfterLast: 0 };
  const { made, moments } = await room(85_000, compactions);
  expect([made, moments]).toEqual(['made', ['before', 'after Summary.']]);
  expect(compactions.failures).toBe(0);
  expect(compactions.tokensAfterLast).toBeGreaterThan(20_000);
  expect(compactions.tokensAfterLast).toBeLessThan(35_000);
});

test('a context that is full right after a compaction must grow by a tenth first, unless the provider refuses it', async () => {
  const full = () => ({ failures: 0, tokensAfterLast: 85_000 });
  expect((await room(93_500, full())).made).toBe('not_made');
  expect((await room(93_501, full())).made).toBe('made');
  expect((await room(93_500, full(), 'too_long')).made).toBe('made');
});

test('failures are counted; after three, only a refusal of the provider leads to another attempt', async () => {
  const compactions = { failures: 2, tokensAfterLast: 0 };
  const refused = fails({ code: 'auth_failed', message: 'refused', httpStatus: 401 });
  expect((await room(90_000, compactions, 'full', refused)).made).toBe('not_made');
  expect(compactions).toEqual({ failures: 3, tokensAfterLast: 0 });
  expect((await room(90_000, compactions)).requests).toEqual([]);
  expect((await room(90_000, compactions, 'too_long')).made).toBe('made');
});
