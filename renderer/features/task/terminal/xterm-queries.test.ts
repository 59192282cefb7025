import { Terminal } from '@xterm/xterm';
import { expect, test } from 'vitest';
import { silenceQueries } from './xterm-queries.ts';

const ESC = '\x1b';
const QUERIES: readonly (readonly [string, string])[] = [
  ['DA1', `${ESC}[c`],
  ['DA2', `${ESC}[>c`],
  ['DSR status', `${ESC}[5n`],
  ['DSR cursor', `${ESC}[6n`],
  ['DSR cursor, private', `${ESC}[?6n`],
  ['DECRQM, ANSI', `${ESC}[4$p`],
  ['DECRQM', `${ESC}[?2004$p`],
  ['DECRQSS', `${ESC}P$qm${ESC}\\`],
];
/** xterm answers these only in an opened terminal, or never: they must at least stay silent. */
const OTHERS = [
  `${ESC}[=c`,
  `${ESC}[>q`,
  `${ESC}[?u`,
  `${ESC}[18t`,
  `${ESC}Z`,
  `${ESC}]10;?\x07`,
  `${ESC}]11;?\x07`,
  `${ESC}]4;1;?\x07`,
  `${ESC}]52;c;?\x07`,
  `${ESC}]52;c;aGk=\x07`,
];

/** What a terminal sends by itself while it parses `output`, and the content of its first line afterwards. */
async function read(output: string, silent: boolean) {
  const terminal = new Terminal({ allowProposedApi: true });
  const sent: string[] = [];
  terminal.onData((data) => sent.push(data));
  if (silent) silenceQueries(terminal);
  await new Promise<void>((parsed) => terminal.write(`${output}after`, parsed));
  const line = terminal.buffer.active.getLine(0)?.translateToString(true);
  terminal.dispose();
  return { sent, line };
}

test.each(QUERIES)('a bare xterm answers %s and ours does not', async (_name, query) => {
  expect((await read(query, false)).sent).toHaveLength(1);
  expect(await read(query, true)).toEqual({ sent: [], line: 'after' });
});

test('no other query or clipboard sequence makes the terminal answer or appears on the screen', async () => {
  expect(await read(OTHERS.join(''), true)).toEqual({ sent: [], line: 'after' });
});

test('a program may still set colours and the title', async () => {
  expect(await read(`${ESC}]0;title\x07${ESC}]4;1;#ff0000\x07${ESC}[31m`, true)).toEqual({ sent: [], line: 'after' });
});
