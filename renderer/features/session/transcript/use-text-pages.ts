import { useEffect, useState } from 'react';
import { readExport } from '../../../rpc/index.ts';
import { errorText, useClient } from '../../../stores/index.ts';
import { deliverFile } from '../../../ui/index.ts';
import type { MessagePlace } from '../whole-text.ts';

/** How much is laid out at a time. Unit: bytes. */
const PAGE_BYTES = 64 * 1024;

export interface TextPages {
  /** Undefined: it is loading. */
  readonly text: string | undefined;
  readonly error: string | undefined;
  /** From 0. */
  readonly page: number;
  readonly pages: number;
  readonly totalBytes: number;
  readonly show: (page: number) => void;
  /** Prepares the current text again. */
  readonly reload: () => void;
  readonly save: () => void;
}

type Prepared = { readonly exportId: string; readonly totalBytes: number };

/** The full text of a message, one page at a time. */
export function useTextPages({ sessionId, itemId, part }: MessagePlace): TextPages {
  const client = useClient();
  const [round, setRound] = useState(0);
  const [prepared, setPrepared] = useState<Prepared>();
  const [page, setPage] = useState(0);
  const [shown, setShown] = useState<{ readonly page: number; readonly text: string }>();
  const [error, setError] = useState<string>();

  useEffect(() => {
    let current = true;
    setError(undefined);
    client.request('session.openText', { sessionId, itemId, part }).then(
      (found) => current && setPrepared(found),
      (failure: unknown) => current && setError(errorText(failure)),
    );
    return () => {
      current = false;
    };
  }, [client, sessionId, itemId, part, round]);

  useEffect(() => {
    if (prepared === undefined) return;
    let current = true;
    client.request('session.readExport', { exportId: prepared.exportId, offsetBytes: page * PAGE_BYTES, maxBytes: PAGE_BYTES }).then(
      ({ text }) => current && setShown({ page, text }),
      (failure: unknown) => current && setError(errorText(failure)),
    );
    return () => {
      current = false;
    };
  }, [client, prepared, page]);

  const totalBytes = prepared?.totalBytes ?? 0;
  return {
    text: shown?.page === page ? shown.text : undefined,
    error,
    page,
    pages: Math.max(1, Math.ceil(totalBytes / PAGE_BYTES)),
    totalBytes,
    show: setPage,
    reload: () => setRound(round + 1),
    save: () => {
      if (prepared === undefined) return;
      readExport(client, prepared).then(
        (pieces) => deliverFile(new Blob(pieces, { type: 'text/markdown' }), `message-${itemId.slice(0, 8)}.md`),
        (failure: unknown) => setError(errorText(failure)),
      );
    },
  };
}
