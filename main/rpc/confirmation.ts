/**
 * The questions that a host asks outside the page, as text for a dialog of the system or a terminal. Pure.
 * Names of folders, servers and rules come from the page or a repository, so hidden characters in them are spelled out.
 */
import { type McpServerDraft, spellHidden } from '../../preload/contract/index.ts';

/** `action`: the button that grants it; the other one is always Cancel. */
export interface Confirmation {
  readonly message: string;
  readonly detail: string;
  readonly action: string;
}

/** Longer texts are cut, with their length. Unit: UTF-16 code units. */
const MAX_CHARS = 600;

export function trustFolder(folder: string, holdsHome: boolean): Confirmation {
  const home = holdsHome ? '\n\nThis folder contains your home folder, so the agent can read your other files too.' : '';
  return {
    message: 'Trust this folder?',
    detail: `${shown(folder)}\n\nIts settings, hooks and MCP servers can run programs, and its instructions reach the agent.${home}`,
    action: 'Trust',
  };
}

export function neverAsk(folder: string): Confirmation {
  return {
    message: 'Never ask in this session?',
    detail: `${shown(folder)}\n\nThe agent will run any command and change any file without asking you.`,
    action: 'Never Ask',
  };
}

export function neverAskByDefault(): Confirmation {
  return {
    message: 'Never ask in new sessions?',
    detail: 'In every trusted folder, the agent will run any command and change any file without asking you.',
    action: 'Never Ask',
  };
}

export interface ServerChange {
  readonly name: string;
  readonly server: McpServerDraft;
  /** The folder it is for; undefined: every folder. */
  readonly folder: string | undefined;
  readonly isReplaced: boolean;
}

export function addServer({ name, server, folder, isReplaced }: ServerChange): Confirmation {
  const what =
    server.transport === 'stdio'
      ? `It runs this program:\n${shown(JSON.stringify([server.command, ...server.args]))}${named('with the variables', server.env)}`
      : `It is at this address:\n${shown(server.url)}${named('and is sent the headers', server.headers)}`;
  return {
    message: `${isReplaced ? 'Replace' : 'Add'} the MCP server “${shown(name)}”?`,
    detail: `${what}\n\n${folder === undefined ? 'For every folder.' : `For ${shown(folder)}`}`,
    action: isReplaced ? 'Replace' : 'Add',
  };
}

export function sendKey(variable: string, origin: string): Confirmation {
  return {
    message: `Send the key in ${shown(variable)} to this address?`,
    detail: `${shown(origin)}\n\nYour prompts and what the agent reads go there too.`,
    action: 'Send',
  };
}

export function removeRule(list: 'ask' | 'deny', rule: string, path: string): Confirmation {
  return {
    message: 'Remove this rule?',
    detail: `${shown(rule)}\nin ${shown(path)}\n\nIt ${list === 'deny' ? 'forbids' : 'makes Gantry ask for'} what it covers.`,
    action: 'Remove',
  };
}

function named(what: string, values: Readonly<Record<string, string>> | undefined): string {
  const names = Object.keys(values ?? {});
  return names.length === 0 ? '' : `\n${what} ${shown(names.join(', '))}`;
}

/** On one line. */
function shown(text: string): string {
  const line = spellHidden(text.replaceAll('\n', '⏎').replaceAll('\t', ' '));
  return line.length <= MAX_CHARS ? line : `${line.slice(0, MAX_CHARS)}… (${line.length} characters)`;
}
