import { useCallback, useEffect, useRef, useState } from 'react';
import { defined, type ProjectId, type SessionHit } from '../../../preload/contract/index.ts';
import { errorText, useClient } from '../../stores/index.ts';

/** Shorter queries match nearly everything. Unit: characters. */
export const LEAST_QUERY_CHARS = 2;
/** A pause in typing this long starts the search. Unit: ms. */
const TYPING_PAUSE_MS = 180;
/** After this many matches, the user is asked whether to continue. */
const HITS_AT_ONCE = 200;

export interface TextSearch {
  readonly hits: readonly SessionHit[];
  readonly searchedSessions: number;
  readonly totalSessions: number;
  readonly state: 'idle' | 'searching' | 'done' | 'paused' | 'failed';
  readonly error: string | undefined;
  /** Continues after a pause or a failure. */
  readonly goOn: () => void;
}

interface Found extends Omit<TextSearch, 'goOn'> {
  readonly next: string | undefined;
}

const IDLE: Found = { hits: [], searchedSessions: 0, totalSessions: 0, state: 'idle', error: undefined, next: undefined };

/** Searches all text page by page while the query stays the same; matches are shown as they are found. */
export function useTextSearch(query: string, projectId: ProjectId | undefined): TextSearch {
  const client = useClient();
  const [found, setFound] = useState<Found>(IDLE);
  /** A new query stops the requests of the earlier one. */
  const question = useRef(0);

  const run = useCallback(
    async (from: Found) => {
      question.current += 1;
      const mine = question.current;
      let now: Found = { ...from, state: 'searching', error: undefined };
      const pauseAt = from.hits.length + HITS_AT_ONCE;
      // A new search: the matches of the previous query stay until there are new results.
      if (from !== IDLE) setFound(now);
      try {
        do {
          const cursor = now.next === undefined ? {} : { cursor: now.next };
          const page = await client.request('session.search', { query, ...defined({ projectId }), ...cursor });
          if (mine !== question.current) return;
          const { searchedSessions, totalSessions, next } = page;
          const state = next === undefined ? 'done' : now.hits.length + page.hits.length >= pauseAt ? 'paused' : 'searching';
          now = { hits: [...now.hits, ...page.hits], searchedSessions, totalSessions, next, state, error: undefined };
          setFound(now);
        } while (now.state === 'searching');
      } catch (error) {
        if (mine === question.current) setFound({ ...now, state: 'failed', error: errorText(error) });
      }
    },
    [client, query, projectId],
  );

  useEffect(() => {
    question.current += 1;
    if (query.length < LEAST_QUERY_CHARS) {
      setFound(IDLE);
      return;
    }
    // The matches of the previous query stay while the user types, marked as incomplete.
    setFound((before) => ({ ...before, state: 'searching', error: undefined }));
    const timer = setTimeout(() => void run(IDLE), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [query, run]);

  useEffect(
    () => () => {
      question.current += 1;
    },
    [],
  );

  return { ...found, goOn: () => void run(found) };
}
