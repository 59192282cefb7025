import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ViewerId } from '../../../preload/contract/index.ts';
import { toArray, toChain } from './chain.ts';
import type { Block, Snapshot } from './screen-mirror.ts';
import { asLagging, isOverCredit, LAGGING_ABOVE_BYTES, NEW_CREDIT, withReplay, withSent } from './viewer-credit.ts';
import { attachViewer, isPending, transition, type Viewer, type ViewerEffect, type ViewerInput } from './viewer-state.ts';

const SIZE = { cols: 80, rows: 24 };
const WIDE = { cols: 100, rows: 30 };
const NOW_MS = 10_000;
const MISSED_BYTES = 1024 * 1024;

const block = (offset: number, length = 100): Block => ({ offset, bytes: new Uint8Array(length), open: new Uint8Array(0) });
const replayed = withReplay(NEW_CREDIT, 10);
const overCredit = withSent(replayed, LAGGING_ABOVE_BYTES + 1);
const parsed = { ...asLagging(overCredit), parsedBytes: overCredit.sentBytes };
const missed = toChain([
  { block: block(200), size: SIZE },
  { offset: 300, size: WIDE },
  { block: block(300), size: WIDE },
]);
const common = { viewerId: ViewerId.parse(1), ...SIZE, credit: replayed };
const screen = { offsetBytes: 100, atMs: 0, isPreview: false };
const preview = { ...screen, isPreview: true };

/** Every phase, in each form in which it answers differently. */
const VIEWERS = {
  replaying: {
    ...common,
    lastReplay: screen,
    phase: 'replaying',
    queue: toChain([block(0), { offset: 100, size: WIDE }, block(100)]),
    queuedBytes: 200,
  },
  'replaying, queue full': { ...common, lastReplay: screen, phase: 'replaying', queue: undefined, queuedBytes: LAGGING_ABOVE_BYTES },
  overtaken: { ...common, lastReplay: preview, phase: 'overtaken' },
  live: { ...common, lastReplay: screen, phase: 'live' },
  'live, over credit': { ...common, lastReplay: screen, phase: 'live', credit: overCredit },
  'live, preview': { ...common, lastReplay: preview, phase: 'live' },
  behind: { ...common, lastReplay: screen, phase: 'behind', credit: asLagging(overCredit), missed, missedBytes: 200 },
  'behind, parsed': { ...common, lastReplay: screen, phase: 'behind', credit: parsed, missed, missedBytes: 200 },
  'behind, missed full': { ...common, lastReplay: screen, phase: 'behind', credit: parsed, missed: undefined, missedBytes: MISSED_BYTES },
  stale: { ...common, lastReplay: screen, phase: 'stale', credit: asLagging(overCredit) },
  'stale, parsed': { ...common, lastReplay: screen, phase: 'stale', credit: parsed },
  'stale, preview parsed': { ...common, lastReplay: preview, phase: 'stale', credit: parsed },
} satisfies Readonly<Record<string, Viewer>>;

const turn = { kind: 'catchUp', nowMs: NOW_MS, replayedAtMs: 0, publishedBytes: 1000, isFlood: false, isOver: false } as const;
const snapshot: Snapshot = { offsetBytes: 100, ...SIZE, bytes: new Uint8Array(20), skipped: false, isPreview: false };
const taken = { kind: 'snapshotTaken', snapshot, nowMs: NOW_MS, isOver: false } as const;

const INPUTS = {
  output: { kind: 'output', block: block(400), size: WIDE },
  resized: { kind: 'resized', offsetBytes: 400, size: WIDE },
  viewResized: { kind: 'viewResized', size: WIDE },
  acked: { kind: 'acked', parsedBytes: 5 },
  catchUp: turn,
  'catchUp too soon': { ...turn, replayedAtMs: NOW_MS - 40 },
  'catchUp in a flood': { ...turn, isFlood: true },
  'catchUp in a flood of another task': { ...turn, isFlood: true, publishedBytes: 100 },
  'catchUp right after a replay': { ...turn, nowMs: 900, publishedBytes: 100 + LAGGING_ABOVE_BYTES + 1 },
  'catchUp at the end': { ...turn, isFlood: true, isOver: true, replayedAtMs: NOW_MS },
  snapshotTaken: taken,
  'snapshotTaken, preview': { ...taken, snapshot: { ...snapshot, isPreview: true } },
  'snapshotTaken, preview at the end': { ...taken, snapshot: { ...snapshot, isPreview: true }, isOver: true },
  refine: { kind: 'refine' },
} satisfies Readonly<Record<string, ViewerInput>>;

/** Short for an effect. */
function describeEffect(effect: ViewerEffect): string {
  if (effect.kind === 'send') return `${effect.frame.kind} ${effect.frame.offsetBytes} ${effect.frame.cols}`;
  if (effect.kind === 'retry') return `retry ${effect.afterMs}`;
  if (effect.kind === 'takeSnapshot') return effect.allowPreview ? 'preview' : 'screen';
  return effect.kind;
}

/** The phase that follows, then the effects; 'same': nothing but credit and size may have changed, and there are no effects. */
const UNTOUCHED = Object.fromEntries(Object.keys(INPUTS).map((name) => [name, 'same'])) as Record<keyof typeof INPUTS, string>;
const QUEUED = { ...UNTOUCHED, output: 'replaying', resized: 'replaying' };
const REPLAYED = {
  snapshotTaken: 'live: replay 100 80, resize 100 100, data 100 100',
  'snapshotTaken, preview': 'stale: replay 100 80, catchUp',
  'snapshotTaken, preview at the end': 'live: replay 100 80, resize 100 100, data 100 100, refineWhenQuiet',
};
const LIVE = { ...UNTOUCHED, output: 'live: data 400 100', resized: 'live: resize 400 100' };
const BEHIND = { ...UNTOUCHED, output: 'behind', resized: 'behind' };
const SENT = 'live: data 200 80, resize 300 100, data 300 100';
const CAUGHT_UP = {
  catchUp: SENT,
  'catchUp too soon': SENT,
  'catchUp in a flood': SENT,
  'catchUp in a flood of another task': SENT,
  'catchUp right after a replay': SENT,
  'catchUp at the end': SENT,
};

const EXPECTED: Readonly<Record<keyof typeof VIEWERS, Readonly<Record<keyof typeof INPUTS, string>>>> = {
  replaying: { ...QUEUED, ...REPLAYED },
  'replaying, queue full': {
    ...QUEUED,
    output: 'overtaken',
    snapshotTaken: 'live: replay 100 80',
    'snapshotTaken, preview': 'stale: replay 100 80, catchUp',
    'snapshotTaken, preview at the end': 'live: replay 100 80, refineWhenQuiet',
  },
  overtaken: {
    ...UNTOUCHED,
    snapshotTaken: 'stale: replay 100 80, catchUp',
    'snapshotTaken, preview': 'stale: replay 100 80, catchUp',
    'snapshotTaken, preview at the end': 'stale: replay 100 80, catchUp, refineWhenQuiet',
  },
  live: LIVE,
  'live, over credit': { ...LIVE, output: 'behind' },
  'live, preview': { ...LIVE, refine: 'replaying: screen' },
  behind: BEHIND,
  'behind, parsed': { ...BEHIND, ...CAUGHT_UP },
  'behind, missed full': {
    ...BEHIND,
    output: 'stale',
    ...Object.fromEntries(Object.keys(CAUGHT_UP).map((name) => [name, 'live'])),
  },
  stale: UNTOUCHED,
  'stale, parsed': {
    ...UNTOUCHED,
    catchUp: 'replaying: screen',
    'catchUp too soon': 'stale: retry 10',
    'catchUp in a flood': 'replaying: preview',
    'catchUp in a flood of another task': 'replaying: preview',
    'catchUp right after a replay': 'replaying: preview',
    'catchUp at the end': 'replaying: preview',
  },
  'stale, preview parsed': {
    ...UNTOUCHED,
    catchUp: 'replaying: screen',
    'catchUp too soon': 'stale: retry 460',
    'catchUp in a flood': 'replaying: preview',
    'catchUp in a flood of another task': 'stale: retry 500',
    'catchUp right after a replay': 'replaying: preview',
    'catchUp at the end': 'replaying: preview',
    refine: 'replaying: screen',
  },
};

const cases = Object.keys(VIEWERS).flatMap((from) => Object.keys(INPUTS).map((input) => ({ from, input })));

test.each(cases)('$from + $input', ({ from, input }) => {
  const before = VIEWERS[from as keyof typeof VIEWERS];
  const { viewer, effects } = transition(before, INPUTS[input as keyof typeof INPUTS]);
  const expected = EXPECTED[from as keyof typeof VIEWERS][input as keyof typeof INPUTS];
  if (expected === 'same') {
    expect({ ...viewer, ...SIZE, credit: before.credit }).toEqual(before);
    expect(effects).toEqual([]);
  } else expect([viewer.phase, effects.map(describeEffect).join(', ')].filter((part) => part !== '').join(': ')).toBe(expected);
  expect(isConsistent(viewer)).toBe(true);
});

/** `credit.isLagging` belongs to behind and stale; while a replay is made it is what it was. */
function isConsistent({ phase, credit }: Viewer): boolean {
  if (phase === 'replaying' || phase === 'overtaken') return true;
  return credit.isLagging === (phase !== 'live');
}

test('size and acks change only size and credit', () => {
  expect(transition(VIEWERS.live, INPUTS.viewResized).viewer).toEqual({ ...VIEWERS.live, ...WIDE });
  expect(transition(VIEWERS.live, INPUTS.acked).viewer).toEqual({ ...VIEWERS.live, credit: { ...replayed, parsedBytes: 5 } });
});

test('an attached viewer waits for its replay, and all but a live viewer with a whole screen are pending', () => {
  const { viewer, effects } = attachViewer({ viewerId: ViewerId.parse(2), ...SIZE }, { allowPreview: true, historyBytes: 7 });
  expect(viewer).toMatchObject({ phase: 'replaying', queue: undefined, queuedBytes: 0, credit: NEW_CREDIT });
  expect(effects).toEqual([{ kind: 'takeSnapshot', allowPreview: true, historyBytes: 7 }]);
  expect(Object.entries(VIEWERS).flatMap(([name, found]) => (isPending(found) ? [] : [name]))).toEqual(['live', 'live, over credit']);
});

test('missed output beyond the credit stays missed, and is counted', () => {
  const half = LAGGING_ABOVE_BYTES / 2 + 1;
  const items = [0, 1, 2, 3].map((n) => ({ block: block(n * half, half), size: SIZE }));
  const viewer: Viewer = { ...VIEWERS['behind, parsed'], missed: toChain(items), missedBytes: 4 * half };
  const step = transition(viewer, turn);
  expect(step.effects.map(describeEffect)).toEqual([`data 0 80`, `data ${half} 80`]);
  expect(step.viewer).toMatchObject({
    phase: 'behind',
    missed: toChain(items.slice(2)),
    missedBytes: 2 * half,
    credit: { isLagging: true },
  });
});

test('property: in any order of inputs the phase is consistent, memory is bounded, and bytes are sent once and in order', () => {
  const input = fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: fc.constant('output' as const), length: fc.integer({ min: 1, max: 65_536 }) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'acked' as const }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('catchUp' as const), isFlood: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'resized' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'refine' as const }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('snapshotTaken' as const), isPreview: fc.boolean() }) },
  );
  fc.assert(
    fc.property(fc.array(input, { minLength: 60, maxLength: 120 }), (inputs) => {
      let { viewer } = attachViewer({ viewerId: ViewerId.parse(3), ...SIZE }, { allowPreview: false });
      let published = 0;
      let shownUpTo = -1;
      inputs.forEach((next, at) => {
        const wasOverCredit = isOverCredit(viewer.credit);
        const step = transition(viewer, makeInput(next, viewer, published, at * 100));
        if (next.kind === 'output') published += next.length;
        for (const effect of step.effects) {
          if (effect.kind !== 'send') continue;
          const { kind, offsetBytes, bytes } = effect.frame;
          if (kind === 'data') {
            expect(offsetBytes).toBe(shownUpTo);
            if (next.kind === 'output') expect(wasOverCredit).toBe(false);
          }
          if (kind !== 'resize') shownUpTo = offsetBytes + (kind === 'data' ? bytes.length : 0);
        }
        viewer = step.viewer;
        expect(isConsistent(viewer)).toBe(true);
        if (viewer.phase === 'replaying') expect(viewer.queuedBytes).toBeLessThanOrEqual(LAGGING_ABOVE_BYTES);
        if (viewer.phase === 'behind') {
          const kept = toArray(viewer.missed).reduce((sum, item) => sum + ('block' in item ? item.block.bytes.length : 0), 0);
          expect(viewer.missedBytes).toBe(kept);
          expect(kept).toBeLessThanOrEqual(MISSED_BYTES);
        }
      });
    }),
  );
});

type Draw =
  | { readonly kind: 'output'; readonly length: number }
  | { readonly kind: 'acked' }
  | { readonly kind: 'catchUp'; readonly isFlood: boolean }
  | { readonly kind: 'resized' }
  | { readonly kind: 'refine' }
  | { readonly kind: 'snapshotTaken'; readonly isPreview: boolean };

function makeInput(draw: Draw, viewer: Viewer, published: number, nowMs: number): ViewerInput {
  switch (draw.kind) {
    case 'output':
      return { kind: 'output', block: block(published, draw.length), size: SIZE };
    case 'acked':
      return { kind: 'acked', parsedBytes: viewer.credit.sentBytes };
    case 'catchUp':
      return { ...turn, nowMs, replayedAtMs: viewer.lastReplay.atMs, publishedBytes: published, isFlood: draw.isFlood };
    case 'resized':
      return { kind: 'resized', offsetBytes: published, size: WIDE };
    case 'refine':
      return { kind: 'refine' };
    case 'snapshotTaken': {
      const queued = viewer.phase === 'replaying' && !draw.isPreview ? toArray(viewer.queue).find((item) => 'bytes' in item) : undefined;
      return { ...taken, snapshot: { ...snapshot, offsetBytes: queued?.offset ?? published, isPreview: draw.isPreview }, nowMs };
    }
  }
}
