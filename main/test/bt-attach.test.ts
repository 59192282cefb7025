/** Attaching at every offset of the output of htop, npm and an image pull, through a whole task in the pty host (BT-8). */
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { ViewerId } from '../../preload/contract/index.ts';
import type { ChildEvents } from '../pty-host/process/child-process.ts';
import { gridOf, newViewer } from '../pty-host/testing/grid.ts';
import { openHost } from '../pty-host/testing/host.fixture.ts';
import { PROGRAMS } from './support/recorded-programs.ts';

const COLS = 60;
const ROWS = 16;
const RUNS = Math.max(25, Number(process.env['GANTRY_PROPERTY_RUNS'] ?? 0) / 10);

async function show(bytes: Uint8Array) {
  const terminal = newViewer(COLS, ROWS);
  await new Promise<void>((done) => terminal.write(bytes, done));
  const grid = gridOf(terminal);
  terminal.dispose();
  return grid;
}

for (const [name, stream] of Object.entries(PROGRAMS)) {
  test(`BT-8: attached anywhere in ${name}, a viewer sees what the terminal shows, then and at the end`, {
    timeout: 20_000 + RUNS * 1000,
  }, async () => {
    const bytes = Buffer.from(stream);
    let events: ChildEvents | undefined;
    const ignore = () => undefined;
    const child = { pid: 2_000_000_000, backend: 'pty' as const, write: ignore, resize: ignore, pause: ignore, resume: ignore };
    const host = openHost({
      spawnPty: (_request, given) => {
        events = given;
        return child;
      },
    });
    onTestFinished(() => host.close());
    let viewer = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(bytes.length),
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 12 }),
        async (at, chunks) => {
          const id = host.spawn('recorded', {}, { cols: COLS, rows: ROWS });
          const viewerId = ViewerId.parse((viewer += 1));
          const frames = () => host.frames.filter((frame) => frame.viewerId === viewerId);
          events?.onData(new Uint8Array(bytes.subarray(0, at)), 'out');
          host.core.handle({ t: 'attach', view: { viewerId, taskId: id, cols: COLS, rows: ROWS, focused: false } });
          await expect.poll(() => frames().length, { interval: 2 }).toBeGreaterThan(0);
          const [replay] = frames();
          expect(await show(replay?.bytes ?? new Uint8Array(0))).toEqual(await show(bytes.subarray(0, replay?.offsetBytes)));
          for (let from = at, i = 0; from < bytes.length; i++) {
            const next = from + (chunks[i % chunks.length] ?? 900);
            events?.onData(new Uint8Array(bytes.subarray(from, next)), 'out');
            from = next;
          }
          events?.onEnd({ exitCode: 0 });
          await host.ended(id);
          expect(await show(Buffer.concat(frames().map((frame) => frame.bytes)))).toEqual(await show(bytes));
          host.core.handle({ t: 'detach', viewerId });
          host.core.handle({ t: 'forget', taskId: id, deleteFiles: true });
          host.frames.length = 0;
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
}
