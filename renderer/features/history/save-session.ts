/** A whole session as a file. */
import type { Params } from '../../../preload/contract/index.ts';
import { type Client, readExport } from '../../rpc/index.ts';
import { type DeliverFile, deliverFile } from '../../ui/index.ts';

/** Resolves with the file's name after delivery; rejects with the client's error. */
export async function saveSession(client: Client, wanted: Params<'session.export'>, deliver: DeliverFile = deliverFile): Promise<string> {
  const { fileName, mediaType, ...prepared } = await client.request('session.export', wanted);
  deliver(new Blob(await readExport(client, prepared), { type: mediaType }), fileName);
  return fileName;
}
