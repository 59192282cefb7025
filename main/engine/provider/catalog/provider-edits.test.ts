import { expect, test } from 'vitest';
import { ProviderId } from '../../../../preload/contract/index.ts';
import { editSettings } from '../../settings/edit-settings.ts';
import { parseSettings } from '../../settings/parse-settings.ts';
import { getContextWindow } from './context-windows.ts';
import { type Identify, planRemoval, planSave } from './provider-edits.ts';

const X = ProviderId.parse('x');
const identify: Identify = (_key, entry) => ((entry as { baseUrl?: string }).baseUrl === 'https://x.test' ? X : undefined); // entries of this test
const draft = (...ids: string[]) => ({
  name: 'X',
  protocol: 'openai' as const,
  baseUrl: 'https://x.test',
  envKey: 'K',
  models: ids.map((id) => ({ id })),
});

function edit(text: string, plan: (current: Readonly<Record<string, unknown>>) => ReturnType<typeof planSave>): string {
  const parsed = parseSettings(text, '/s');
  if (!parsed.ok) throw new Error('the text of this test is broken');
  return editSettings(text, plan(parsed.value));
}

test('a first provider is written as entries', () => {
  const text = edit('', (current) =>
    planSave(
      current,
      { ...draft('a', 'b', 'a'), models: [{ id: 'a', name: 'A', contextWindowTokens: 9 }, { id: 'b' }, { id: 'a' }] } as never,
      X,
      identify,
    ),
  );
  expect(JSON.parse(text)).toEqual({
    $version: 4,
    modelProviders: {
      openai: [
        { id: 'a', name: 'A', envKey: 'K', baseUrl: 'https://x.test', generationConfig: { contextWindowSize: 9 } },
        { id: 'b', envKey: 'K', baseUrl: 'https://x.test' },
      ],
    },
  });
});

test('a change keeps comments, other providers and the fields that it does not mention', () => {
  const text = `{
  "modelProviders": {
    "openai": [
      // another provider's
      { "id": "z", "baseUrl": "https://z.test" },
      {
        "id": "a", // the good one
        "baseUrl": "https://x.test",
        "envKey": "OLD",
        "generationConfig": { "samplingParams": { "temperature": 0.1 } }
      },
      { "id": "gone", "baseUrl": "https://x.test" }
    ]
  }
}
`;
  const edited = edit(text, (current) => planSave(current, draft('a', 'new'), X, identify));
  expect(edited).toContain("// another provider's");
  expect(edited).toContain('// the good one');
  expect(parseSettings(edited, '/s')).toEqual({
    ok: true,
    value: {
      modelProviders: {
        openai: [
          { id: 'z', baseUrl: 'https://z.test' },
          { id: 'a', baseUrl: 'https://x.test', envKey: 'K', generationConfig: { samplingParams: { temperature: 0.1 } } },
          { id: 'new', envKey: 'K', baseUrl: 'https://x.test' },
        ],
      },
    },
  });
});

test('removing a provider removes its own entries from every list and no others', () => {
  const text = JSON.stringify({
    modelProviders: {
      openai: [{ id: 'a', baseUrl: 'https://x.test' }, { id: 'z' }, { id: 'b', baseUrl: 'https://x.test' }],
      mine: [{ id: 'c', baseUrl: 'https://x.test' }],
    },
  });
  expect(JSON.parse(edit(text, (current) => planRemoval(current, X, identify)))).toEqual({
    modelProviders: { openai: [{ id: 'z' }], mine: [] },
  });
});

test('a list of the wrong type is replaced by one that contains the provider', () => {
  const text = '{ "modelProviders": { "openai": {} } }';
  expect(JSON.parse(edit(text, (current) => planSave(current, draft('a'), X, identify)))).toMatchObject({
    modelProviders: { openai: [{ id: 'a' }] },
  });
});

test('a context window inferred from the name of the model is not written when the form is saved', () => {
  const assumed = { ...draft('gpt-4'), models: [{ id: 'gpt-4', contextWindowTokens: getContextWindow('gpt-4') }] };
  const first = edit('{}', (current) => planSave(current, assumed, X, identify));
  const again = edit(first, (current) => planSave(current, { ...assumed, envKey: 'OTHER' }, X, identify));
  expect(first + again).not.toContain('contextWindowSize');
  const chosen = { ...assumed, models: [{ id: 'gpt-4', contextWindowTokens: 1000 }] };
  const set = edit(again, (current) => planSave(current, chosen, X, identify));
  expect(set).toContain('"contextWindowSize": 1000');
  // Once a file overrides the name, going back to the inferred value is a choice too.
  expect(edit(set, (current) => planSave(current, assumed, X, identify))).toContain(`"contextWindowSize": ${getContextWindow('gpt-4')}`);
});
