import { expect, test } from 'vitest';
import { ReaderPosition } from './reader-position.ts';

/** A list of 1,000 px in a view of 100 px, both at the end. */
function atTheEnd() {
  const scrollElement = { scrollTop: 900, scrollHeight: 1000, clientHeight: 100 };
  const list = { scrollElement, scrollOffset: 900 };
  const position = new ReaderPosition();
  position.noteOwn(list);
  return { list, scrollElement, position };
}

test("a scroll of the reader is added to the list's position, once", () => {
  const { list, scrollElement, position } = atTheEnd();
  scrollElement.scrollTop -= 300;
  position.sync(list);
  position.sync(list);
  expect(list.scrollOffset).toBe(600);
  expect(position.isAtEnd).toBe(false);
});

test('a scroll is added to a position that is ahead of the element', () => {
  const { list, scrollElement, position } = atTheEnd();
  list.scrollOffset += 50_000; // older rows arrive, and are not rendered yet
  scrollElement.scrollTop -= 300;
  position.sync(list);
  expect(list.scrollOffset).toBe(50_600);
});

test('a look does not hide a scroll from the list', () => {
  const { list, scrollElement, position } = atTheEnd();
  scrollElement.scrollTop -= 300;
  position.look(list);
  expect(list.scrollOffset).toBe(900);
  position.sync(list);
  expect(list.scrollOffset).toBe(600);
});

test('a scroll by the list does not count as a scroll of the reader', () => {
  const { list, scrollElement, position } = atTheEnd();
  scrollElement.scrollTop -= 40; // a row above became shorter
  list.scrollOffset -= 40;
  position.noteOwn(list);
  scrollElement.scrollHeight += 200; // and the last one longer
  position.sync(list);
  expect(list.scrollOffset).toBe(860);
  expect(position.isAtEnd).toBe(true);
});
