import { afterEach, expect, test, vi } from 'vitest';
import type { ClientFrame } from '../../preload/contract/index.ts';
import { createClient } from './client.ts';
import type { ClientTransport } from './transport.ts';

afterEach(() => void vi.useRealTimers());

/** A host that can be reached or not; each connection attempt is one entry of `wires`. */
function setUp() {
  const sent: ClientFrame[] = [];
  const wires: { open: () => void; frame: (frame: unknown) => void; close: () => void }[] = [];
  const open = (): ClientTransport => {
    const wire = { open: () => {}, frame: (_frame: unknown) => {}, close: () => {} };
    wires.push(wire);
    return {
      send: (frame) => void sent.push(frame),
      onOpen: (listener) => void (wire.open = listener),
      onFrame: (listener) => void (wire.frame = listener),
      onClose: (listener) => void (wire.close = listener),
      close: () => wire.close(),
    };
  };
  const client = createClient({ open });
  const welcome = () => {
    wires.at(-1)?.open();
    wires.at(-1)?.frame({ t: 'welcome', protocol: 1 });
  };
  return { client, sent, wires, welcome, asked: () => sent.flatMap((frame) => (frame.t === 'request' ? [frame.method] : [])) };
}

test('a request made while connecting is sent once the host is reached', () => {
  const { client, welcome, asked } = setUp();
  void client.request('app.describe', {}).catch(() => undefined);
  expect(asked()).toEqual([]);
  welcome();
  expect(asked()).toEqual(['app.describe']);
});

test('a request that failed while connecting is not sent by a later connection', async () => {
  vi.useFakeTimers();
  const { client, wires, welcome, asked } = setUp();
  const asking = client.request('app.pickFolder', {});
  wires.at(-1)?.close();
  await expect(asking).rejects.toMatchObject({ code: 'connection_lost' });
  vi.runOnlyPendingTimers();
  expect(wires).toHaveLength(2);
  welcome();
  expect(asked()).toEqual([]);
});
