import { act, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { CommandSummary } from '../../../../preload/contract/index.ts';
import { renderWith } from '../../../test/render.tsx';
import { PROJECT } from '../../../test/samples.ts';
import { useSuggestions } from './use-suggestions.ts';

const TOKEN = { kind: 'command', query: 'args', start: 0, end: 5 } as const;

function Shown() {
  const found = useSuggestions(TOKEN, PROJECT);
  return (
    <ul>
      {found?.rows.map(({ value, hint }) => (
        <li key={value}>{`/${value} ${hint ?? ''}`}</li>
      ))}
    </ul>
  );
}

test('the list contains the prompts of a server that has connected meanwhile, with their arguments', async () => {
  const commands: CommandSummary[] = [];
  const { client } = await renderWith(<Shown />, { 'command.list': () => ({ commands: [...commands] }) });
  expect(screen.queryAllByRole('listitem')).toEqual([]);
  commands.push({ name: 'args-prompt', aliases: [], description: 'Asks', argumentHint: '<city>', runsIn: 'model', source: 'mcp' });
  await act(async () => client.emit({ event: 'mcp.changed', data: { projectId: PROJECT } }));
  expect((await screen.findAllByRole('listitem')).map((row) => row.textContent)).toEqual(['/args-prompt <city>']);
});
