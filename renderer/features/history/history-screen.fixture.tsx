/** The list of sessions for tests: rows, the field, the keys. */
import { act, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, vi } from 'vitest';
import { SessionId, type SessionSummary } from '../../../preload/contract/index.ts';
import type { Answers } from '../../test/fake-client.ts';
import { renderWith } from '../../test/render.tsx';
import { NOW_MS, summary } from '../../test/samples.ts';
import { HistoryScreen } from './HistoryScreen.tsx';
import { UndoToasts } from './UndoToasts.tsx';

/** Call it once in a test file: it sets a fixed clock and a layout, because a list without height has no rows in jsdom. */
export function layOutHistory(): void {
  const height = vi.spyOn(Element.prototype, 'clientHeight', 'get');
  const width = vi.spyOn(Element.prototype, 'clientWidth', 'get');
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: NOW_MS });
    height.mockReturnValue(2000);
    width.mockReturnValue(800);
    HTMLElement.prototype.scrollTo = () => {}; // missing in jsdom
  });
  afterEach(() => {
    vi.useRealTimers();
    localStorage.clear();
  });
}

export const named = (id: string, title: string, over: Partial<SessionSummary> = {}) =>
  summary({ id: SessionId.parse(id), title, ...over });
export const LIST = [named('s1', 'Retry failed webhooks'), named('s2', 'Upgrade to Fastify 6', { updatedAtMs: NOW_MS - 86_400_000 })];

export async function shown(over: Answers = {}) {
  const rendered = await renderWith(
    <>
      <HistoryScreen />
      <UndoToasts />
    </>,
    { 'session.list': () => ({ sessions: LIST, total: LIST.length }), ...over },
  );
  await act(async () => undefined); // the answers to the first questions
  return rendered;
}
export const field = () => screen.getByRole('combobox', { name: /Search titles/ });
export const titles = () => screen.getAllByRole('row').map((row) => within(row).queryByRole('gridcell')?.textContent ?? row.textContent);
export const press = (key: string, over: object = {}) => act(async () => fireEvent.keyDown(field(), { key, ...over }));
export const type = async (text: string) => {
  await act(async () => fireEvent.change(field(), { target: { value: text } }));
  await act(async () => vi.advanceTimersByTimeAsync(300));
};
export const selected = () => screen.getByRole('row', { selected: true }).textContent;
