import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  asLagging,
  isOverCredit,
  isReadyForReplay,
  LAGGING_ABOVE_BYTES,
  NEW_CREDIT,
  RESYNC_BELOW_BYTES,
  withAck,
  withReplay,
  withSent,
} from './viewer-credit.ts';

test('a viewer is over its credit above 256 KiB unparsed, not at it', () => {
  expect(isOverCredit(withSent(NEW_CREDIT, LAGGING_ABOVE_BYTES))).toBe(false);
  expect(isOverCredit(withSent(NEW_CREDIT, LAGGING_ABOVE_BYTES + 1))).toBe(true);
});

test('a lagging viewer is ready below 16 KiB unparsed', () => {
  const lagging = asLagging(withSent(NEW_CREDIT, 100_000));
  expect(isReadyForReplay(withAck(lagging, 100_000 - RESYNC_BELOW_BYTES))).toBe(false);
  expect(isReadyForReplay(withAck(lagging, 100_001 - RESYNC_BELOW_BYTES))).toBe(true);
});

test('a large replay does not count against the viewer', () => {
  const replayed = withReplay(NEW_CREDIT, LAGGING_ABOVE_BYTES * 4);
  expect(isOverCredit(withSent(replayed, 1000))).toBe(false);
  expect(isOverCredit(withSent(replayed, LAGGING_ABOVE_BYTES + 1))).toBe(true);
});

test('property: acks are cumulative, so that a lost, repeated or invented ack does no harm', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2000)), (acks) => {
      const end = acks.reduce((credit, ack) => withAck(credit, ack), withSent(NEW_CREDIT, 1000));
      expect(end.parsedBytes).toBe(Math.min(1000, Math.max(0, ...acks)));
    }),
  );
});
