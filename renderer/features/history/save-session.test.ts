import { expect, test } from 'vitest';
import { createFakeClient } from '../../test/fake-client.ts';
import { PROJECT, SESSION } from '../../test/samples.ts';
import { saveSession } from './save-session.ts';

const TEXT = 'first piece, second piece';

test('a session is exported in pieces and delivered as one file with the name that the host proposes', async () => {
  const client = createFakeClient({
    'session.export': () => ({ exportId: 'e1', fileName: 'retry.md', mediaType: 'text/markdown', totalBytes: TEXT.length }),
    'session.readExport': ({ offsetBytes }) => {
      const nextOffsetBytes = Math.min(TEXT.length, offsetBytes + 12);
      return { text: TEXT.slice(offsetBytes, nextOffsetBytes), nextOffsetBytes, totalBytes: TEXT.length };
    },
  });
  const files: { text: Promise<string>; name: string; type: string }[] = [];
  const name = await saveSession(client, { projectId: PROJECT, sessionId: SESSION, format: 'markdown' }, (file, fileName) =>
    files.push({ text: file.text(), name: fileName, type: file.type }),
  );
  expect(name).toBe('retry.md');
  expect(files.map(({ name: fileName, type }) => [fileName, type])).toEqual([['retry.md', 'text/markdown']]);
  expect(await files[0]?.text).toBe(TEXT);
});

test('an export that shrinks while it is read ends instead of requesting pieces forever', async () => {
  const client = createFakeClient({
    'session.export': () => ({ exportId: 'e1', fileName: 'a.json', mediaType: 'application/json', totalBytes: 100 }),
    'session.readExport': ({ offsetBytes }) => ({ text: '', nextOffsetBytes: offsetBytes, totalBytes: 0 }),
  });
  await saveSession(client, { projectId: PROJECT, sessionId: SESSION, format: 'json' }, () => {});
  expect(client.paramsOf('session.readExport')).toHaveLength(1);
});
