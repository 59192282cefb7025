import { useEffect, useState } from 'react';
import { useActiveProjectId, useClient } from '../../stores/index.ts';

const MAX_FILES = 8;
const NONE: readonly string[] = [];

/** Files of the open folder that match the query; none without a query. */
export function useFoundFiles(query: string): readonly string[] {
  const client = useClient();
  const projectId = useActiveProjectId();
  const [found, setFound] = useState(NONE);
  const wanted = query.trim();
  useEffect(() => {
    if (wanted === '' || projectId === undefined) return setFound(NONE);
    let isOld = false;
    client.request('project.findFiles', { projectId, query: wanted.slice(0, 500), limit: MAX_FILES }).then(
      ({ paths }) => {
        if (!isOld) setFound(paths);
      },
      () => {
        if (!isOld) setFound(NONE); // the connection bar shows it
      },
    );
    return () => {
      isOld = true;
    };
  }, [client, projectId, wanted]);
  return found;
}
