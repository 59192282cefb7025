import { act, fireEvent, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderWith } from '../../../test/render.tsx';
import { Markdown } from './Markdown.tsx';

test('HTML, scripts and images of an answer are inert', async () => {
  await renderWith(
    <Markdown
      streaming={false}
      text={'<img src=x onerror="alert(1)">\n\n<script>alert(1)</script>\n\n![words](https://example.com/p.png)'}
    />,
  );
  expect(document.querySelector('img, script, [onerror]')).toBeNull();
  expect(screen.getByText('words')).toBeDefined();
});

test('a web link opens in the browser on click, and other links do nothing', async () => {
  const { client } = await renderWith(
    <Markdown streaming={false} text={'[web](https://example.com/a) [script](javascript:alert(1)) [file](file:///etc/passwd)'} />,
    { 'app.openExternal': () => ({}) },
  );
  expect(screen.getAllByRole('link').map((link) => link.textContent)).toEqual(['web']);
  await act(async () => fireEvent.click(screen.getByRole('link')));
  expect(client.paramsOf('app.openExternal')).toEqual([{ url: 'https://example.com/a' }]);
});

test('a block of code is copied exactly', async () => {
  const copied: string[] = [];
  Object.defineProperty(navigator, 'clipboard', {
    configurable: true,
    value: { writeText: async (text: string) => void copied.push(text) },
  });
  await renderWith(<Markdown streaming={false} text={'```ts\nconst a = `<b>`;\n\nnext();\n```'} />);
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Copy code' })));
  expect(copied).toEqual(['const a = `<b>`;\n\nnext();']);
});

test('tables and task lists are rendered', async () => {
  await renderWith(<Markdown streaming={false} text={'| a | b |\n|---|---|\n| 1 | 2 |\n\n- [x] done'} />);
  expect(screen.getAllByRole('cell').map((cell) => cell.textContent)).toEqual(['1', '2']);
  expect(screen.getByRole<HTMLInputElement>('checkbox').checked).toBe(true);
});

test('a long text is complete after some frames, including its last block', async () => {
  const paragraphs = Array.from({ length: 40 }, (_unused, at) => `Paragraph ${at}: ${'word '.repeat(200)}`);
  await renderWith(<Markdown streaming={false} text={[...paragraphs, '```ts\nthe end\n```'].join('\n\n')} />);
  expect(screen.queryByText('the end')).toBeNull();
  expect(await screen.findByText('the end')).toBeDefined();
  expect(screen.getAllByText(/^Paragraph \d+:/)).toHaveLength(40);
});
