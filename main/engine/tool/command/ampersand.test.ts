import { expect, test } from 'vitest';
import { findAmpersand } from './ampersand.ts';

test.each([
  ['npm start &', true, true],
  ['npm start & ', true, true],
  ['npm start & # the server', true, true],
  ['(cd a && npm start) &', true, true],
  ['npm start & sleep 2; curl localhost', false, true],
  ['a & b & wait', false, false],
  ['a && b', false, false],
  ['a 2>&1', false, false],
  ['a >& log', false, false],
  ['a &> log', false, false],
  ['a |& tee log', false, false],
  ['exec 3<&0', false, false],
  ["echo 'x &'", false, false],
  ['echo "x & y" \\&', false, false],
  ['echo $((6 & 3))', false, false],
  ['curl http://x/?a=1\\&b=2', false, false],
  ["echo it's", false, false],
  ['ls # a & b', false, false],
])('%s', (command, isLast, leavesChildren) => {
  expect(findAmpersand(command)).toEqual({ isLast, leavesChildren });
});
