import * as z from 'zod/mini';
import { WireError } from './errors.ts';
import { ViewerId } from './ids.ts';

/** Incremented with every change of the contract that an older client could not handle. */
export const PROTOCOL_VERSION = 1;

export const ClientFrame = z.discriminatedUnion('t', [
  /** The first frame. `token` only over WebSocket. */
  z.object({
    t: z.literal('hello'),
    protocol: z.number(),
    token: z.optional(z.string().check(z.maxLength(500))),
  }),
  z.object({
    t: z.literal('request'),
    id: z.int().check(z.nonnegative()),
    method: z.string(),
    params: z.unknown(),
  }),
  z.object({ t: z.literal('notify'), method: z.string(), params: z.unknown() }),
]);
export type ClientFrame = z.infer<typeof ClientFrame>;

/**
 * Terminal output for one viewer.
 * replay: reset the terminal to cols x rows and write `bytes`, with input off; the position is then `offsetBytes`.
 * data: `bytes` begin at `offsetBytes`; if that is below the client's position: drop, above: attach again.
 * resize: the terminal has this size from here on.
 * `skipped`: with a replay, earlier output exists that this view does not contain.
 * Units: bytes since the process started.
 */
export const OutputFrame = z.object({
  t: z.literal('output'),
  kind: z.enum(['replay', 'data', 'resize']),
  viewerId: ViewerId,
  offsetBytes: z.number(),
  cols: z.number(),
  rows: z.number(),
  skipped: z.boolean(),
  bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});
export type OutputFrame = z.infer<typeof OutputFrame>;

export const HostFrame = z.discriminatedUnion('t', [
  z.object({ t: z.literal('welcome'), protocol: z.number() }),
  /** The connection is unusable; the host closes it. */
  z.object({ t: z.literal('refused'), error: WireError }),
  z.object({ t: z.literal('result'), id: z.number(), result: z.unknown() }),
  z.object({ t: z.literal('error'), id: z.number(), error: WireError }),
  z.object({ t: z.literal('event'), event: z.string(), data: z.unknown() }),
  OutputFrame,
]);
export type HostFrame = z.infer<typeof HostFrame>;

const OUTPUT_KINDS = ['replay', 'data', 'resize'] as const;
const HEADER_BYTES = 24;

/**
 * An output frame as one binary message, for binary transports (WebSocket).
 * Shape: u8 kind, u8 skipped, u16 0, u32 viewer, f64 offset, u16 cols, u16 rows, u32 0, then the bytes. Big endian.
 */
export function encodeOutput(frame: OutputFrame): Uint8Array {
  const message = new Uint8Array(HEADER_BYTES + frame.bytes.length);
  const view = new DataView(message.buffer);
  view.setUint8(0, OUTPUT_KINDS.indexOf(frame.kind));
  view.setUint8(1, frame.skipped ? 1 : 0);
  view.setUint32(4, frame.viewerId);
  view.setFloat64(8, frame.offsetBytes);
  view.setUint16(16, frame.cols);
  view.setUint16(18, frame.rows);
  message.set(frame.bytes, HEADER_BYTES);
  return message;
}

/** Returns undefined for input that `encodeOutput` did not create. */
export function decodeOutput(message: Uint8Array): OutputFrame | undefined {
  if (message.length < HEADER_BYTES) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const kind = OUTPUT_KINDS[view.getUint8(0)];
  if (kind === undefined) return undefined;
  return {
    t: 'output',
    kind,
    viewerId: ViewerId.parse(view.getUint32(4)),
    offsetBytes: view.getFloat64(8),
    cols: view.getUint16(16),
    rows: view.getUint16(18),
    skipped: view.getUint8(1) === 1,
    bytes: message.subarray(HEADER_BYTES),
  };
}
