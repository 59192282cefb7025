import { useEffect, useState } from 'react';
import { useClient } from '../../stores/index.ts';

const NONE: readonly string[] = [];

/** Folders that complete what was typed; those of the latest question only. */
export function usePathSuggestions(prefix: string): readonly string[] {
  const client = useClient();
  const [suggestions, setSuggestions] = useState(NONE);
  useEffect(() => {
    let current = true;
    client.request('project.suggestPaths', { prefix }).then(
      ({ paths }) => current && setSuggestions(paths),
      // Suggestions are a comfort: without them the path is typed.
      () => current && setSuggestions(NONE),
    );
    return () => {
      current = false;
    };
  }, [client, prefix]);
  return suggestions;
}
