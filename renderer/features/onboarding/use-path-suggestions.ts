import { useEffect, useState } from 'react';
import { useClient } from '../../stores/index.ts';

const NONE: readonly string[] = [];

/** Folders that complete the typed path; only the answer to the latest request. */
export function usePathSuggestions(prefix: string): readonly string[] {
  const client = useClient();
  const [suggestions, setSuggestions] = useState(NONE);
  useEffect(() => {
    let current = true;
    client.request('project.suggestPaths', { prefix }).then(
      ({ paths }) => current && setSuggestions(paths),
      // Suggestions are optional: without them the user types the path.
      () => current && setSuggestions(NONE),
    );
    return () => {
      current = false;
    };
  }, [client, prefix]);
  return suggestions;
}
