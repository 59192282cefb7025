import { expect, test } from 'vitest';
import { ItemId } from '../../../preload/contract/index.ts';
import { compressionDraft, compressionNotice } from './compression-record.ts';

const id = ItemId.parse('c1');
const systemPayload = { info: { originalTokenCount: 90_000, newTokenCount: 1200, compressionStatus: 1 } };
const common = { kind: 'notice', id, createdAtMs: 5, level: 'quiet' } as const;

test('the row of a summarized conversation is the same before and after its record was written', () => {
  const kept = { prompts: 1, steps: false, files: 0 };
  const draft = compressionDraft({ id, tokensBefore: 90_000, tokensAfter: 1200, history: [], kept, summary: 's', createdAtMs: 5 });
  expect(compressionNotice(draft, id, 5)).toEqual({
    ...common,
    text: 'Earlier conversation was summarized: 90,000 → 1,200 tokens. Kept: the summary, the last prompt with what followed. The whole conversation can still be read here.',
    content: { code: 'compacted', tokens: { before: 90_000, after: 1200 }, kept },
    detail: 's',
  });
});

test('the row of a record that says only as text what was kept, keeps that text', () => {
  expect(compressionNotice({ systemPayload, gantry: { kept: 'Kept: it.' } }, id, 5)).toEqual({
    ...common,
    text: 'Earlier conversation was summarized: 90,000 → 1,200 tokens. Kept: it.',
  });
});

test('the row of a record of Qwen Code has the tokens if it contains them', () => {
  expect(compressionNotice({ systemPayload, gantry: undefined }, id, 5)).toMatchObject({
    content: { code: 'compacted', tokens: { before: 90_000, after: 1200 } },
  });
  expect(compressionNotice({ systemPayload: {}, gantry: undefined }, id, 5)).toEqual({
    ...common,
    text: 'Earlier conversation was summarized to free context.',
    content: { code: 'compacted' },
  });
});
