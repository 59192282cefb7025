import { expect, test } from '../support/fixtures.ts';
import { listed, transcript } from '../support/session-list.ts';
import { writeSession } from '../support/stored-session.ts';

const LONG_MESSAGES = 10_000;

test(`a session of ${LONG_MESSAGES} messages opens at its end, and older ones load without moving the view`, async ({ gantry }) => {
  await writeSession(gantry, 'the sea', LONG_MESSAGES);
  await gantry.openProject();
  const { page } = gantry;
  await listed(page, 'Question 0 of the sea').click();
  await expect(transcript(page).getByText(`Answer ${LONG_MESSAGES - 1} of the sea.`)).toBeInViewport();
  const moved = await transcript(page).evaluate(async (log) => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const places = () =>
      new Map([...log.querySelectorAll('[data-index]')].map((one) => [one.textContent.slice(0, 40), one.getBoundingClientRect().top]));
    const jumps: number[] = [];
    const slack = 100; // px; a row whose height was estimated and is now measured
    let grown = 0;
    for (let step = 0; step < 2000 && grown < 3; step += 1) {
      const heightBefore = log.scrollHeight;
      await frame();
      await frame();
      const before = places();
      const topBefore = log.scrollTop;
      if (topBefore === 0) continue; // waits for the previous page
      log.scrollTop -= 400;
      const wanted = topBefore - log.scrollTop;
      await frame();
      await frame();
      const after = places();
      const name = [...before.keys()].find((key) => after.has(key));
      if (log.scrollHeight > heightBefore + 5000) grown += 1;
      const gone = name === undefined ? wanted : (after.get(name) ?? 0) - (before.get(name) ?? 0);
      if (Math.abs(gone - wanted) > slack) jumps.push(Math.round(gone - wanted));
    }
    return { jumps, grown };
  });
  expect(moved).toEqual({ jumps: [], grown: 3 });
});
