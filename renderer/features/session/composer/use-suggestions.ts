import { useEffect, useState } from 'react';
import { defined, type CommandSummary, type ProjectId } from '../../../../preload/contract/index.ts';
import { useClient } from '../../../stores/index.ts';
import type { ComposerToken } from './composer-token.ts';
import { matchCommands } from './slash-input.ts';

export interface Suggestion {
  /** The replacement of the word: a path, or the name of a command. */
  readonly value: string;
  /** Other names of the same command. */
  readonly aliases?: readonly string[];
  readonly hint?: string;
  readonly detail?: string;
}

export interface Suggestions {
  readonly kind: ComposerToken['kind'];
  readonly rows: readonly Suggestion[];
  /** False until the first answer for this word. */
  readonly known: boolean;
  readonly isWhole: boolean;
}

const MAX_FILES = 30;

/**
 * Suggestions for the word at the caret. Until an answer arrives, the previous one stays, because a flickering list cannot be
 * read.
 */
export function useSuggestions(token: ComposerToken | undefined, projectId: ProjectId | undefined): Suggestions | undefined {
  const kind = token?.kind;
  const files = useFiles(kind === 'file' ? token?.query : undefined, projectId);
  const commands = useCommandList(projectId, kind === 'command');
  if (kind === undefined || token === undefined) return undefined;
  if (kind === 'file')
    return { kind, rows: (files?.paths ?? []).map((value) => ({ value })), known: files !== undefined, isWhole: files?.isWhole ?? true };
  const rows = matchCommands(commands ?? [], token.query).map(({ name, aliases, argumentHint, description }) => ({
    value: name,
    aliases,
    detail: description,
    ...defined({ hint: argumentHint }),
  }));
  return { kind, rows, known: commands !== undefined, isWhole: true };
}

function useFiles(query: string | undefined, projectId: ProjectId | undefined) {
  const client = useClient();
  const [found, setFound] = useState<{ readonly paths: readonly string[]; readonly isWhole: boolean }>();
  const wants = query !== undefined;
  useEffect(() => {
    if (!wants) setFound(undefined);
  }, [wants]);
  useEffect(() => {
    if (query === undefined || projectId === undefined) return;
    let isOld = false;
    client.request('project.findFiles', { projectId, query, limit: MAX_FILES }).then(
      (answer) => {
        if (!isOld) setFound(answer);
      },
      () => {
        if (!isOld) setFound({ paths: [], isWhole: true }); // the connection bar shows it
      },
    );
    return () => {
      isOld = true;
    };
  }, [client, query, projectId]);
  return found;
}

/** The commands of the folder, requested each time the user starts a search, and when an MCP server has sent its prompts. */
function useCommandList(projectId: ProjectId | undefined, wanted: boolean): readonly CommandSummary[] | undefined {
  const client = useClient();
  const [commands, setCommands] = useState<readonly CommandSummary[]>();
  useEffect(() => {
    if (!wanted || projectId === undefined) return;
    let isOld = false;
    const ask = () => {
      client.request('command.list', { projectId }).then(
        (answer) => {
          if (!isOld) setCommands(answer.commands);
        },
        () => {
          if (!isOld) setCommands((known) => known ?? []);
        },
      );
    };
    ask();
    const stop = client.onEvent((event) => {
      if (event.event === 'mcp.changed' && event.data.projectId === projectId) ask();
    });
    return () => {
      isOld = true;
      stop();
    };
  }, [client, projectId, wanted]);
  return commands;
}
