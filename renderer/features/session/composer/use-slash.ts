import { useActions, useActiveProjectId, useClient } from '../../../stores/index.ts';
import { findCommand, slashName } from './slash-input.ts';
import { useWindowCommands } from './use-window-commands.ts';

/**
 * Runs a slash command. Resolves with undefined if the text must be sent: it is a prompt, becomes one, or names an unknown
 * command, for which the engine suggests similar names. False: it failed.
 */
export function useSlash(openModels: () => void): (text: string) => Promise<boolean | undefined> {
  const client = useClient();
  const projectId = useActiveProjectId();
  const { runSlash } = useActions();
  const inWindow = useWindowCommands(openModels);
  return async (text) => {
    const typed = slashName(text);
    if (typed === undefined || projectId === undefined) return undefined;
    const list = await client.request('command.list', { projectId }).catch(() => undefined);
    const command = findCommand(list?.commands ?? [], typed.name);
    if (command === undefined || command.runsIn === 'model') return undefined;
    // Without a session: `/clear` must not create one first.
    if (command.runsIn === 'window') return inWindow({ name: command.name, args: typed.args });
    const outcome = await runSlash(text);
    if (outcome === undefined) return false;
    if (outcome.kind === 'prompt') return undefined;
    return outcome.kind === 'window' ? inWindow(outcome) : true;
  };
}
