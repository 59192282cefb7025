/**
 * What a script in the page could reach with each message of the contract. The two tables are complete, so a new message without
 * a class does not compile. SECURITY.md lists what is not confirmed.
 */
import type { NotifyName, Params, ProjectId, RequestName, SessionId } from '../../preload/contract/index.ts';
import type { Engine } from '../engine/index.ts';
import { addServer, type Confirmation, neverAsk, neverAskByDefault, removeRule, sendKey, trustFolder } from './confirmation.ts';

/** Undefined: this use of the request grants nothing. Errors: those of the request. */
type Grants<M extends RequestName> = (params: Params<M>, engine: Engine) => Promise<Confirmation | undefined> | Confirmation | undefined;

/**
 * `harmless`: it reads what the window shows anyway, or changes only how sessions are listed and shown. `power`: it acts, within what
 * the settings, the rules and the user's answers already allow, or once. A function: it grants something that lasts, and is
 * confirmed outside the page whenever the function returns a question.
 */
export type RequestPower<M extends RequestName> = 'harmless' | 'power' | Grants<M>;

export const REQUEST_POWERS: { readonly [M in RequestName]: RequestPower<M> } = {
  'app.describe': 'harmless',
  'app.pickFolder': 'harmless',
  // It shows what the user can open anyway; choosing needs the user.
  'app.openMenu': 'harmless',
  'app.dimTitleBar': 'harmless',
  // A link can carry text to its server.
  'app.openExternal': 'power',

  'command.list': 'harmless',
  'command.run': (params, engine) => ofSlashCommand(params, engine),

  'project.list': 'harmless',
  'project.lastShown': 'harmless',
  'project.open': 'harmless',
  'project.trust': ({ projectId, trusted }, engine) => (trusted ? trustIn(engine, projectId) : undefined),
  'project.forget': 'harmless',
  'project.suggestPaths': 'harmless',
  'project.findFiles': 'harmless',

  'session.list': 'harmless',
  'session.search': 'harmless',
  'session.find': 'harmless',
  'session.branch': 'harmless',
  // Puts the agent's own changes back.
  'session.rewind': 'power',
  'session.archive': 'harmless',
  'session.unarchive': 'harmless',
  'session.pin': 'harmless',
  'session.locate': 'harmless',
  'session.reveal': 'harmless',
  'session.delete': 'power',
  'session.restore': 'harmless',
  'session.listDeleted': 'harmless',
  'session.export': 'harmless',
  'session.readExport': 'harmless',
  'session.openText': 'harmless',
  'session.inspect': 'harmless',
  // In the mode that the settings name.
  'session.create': 'harmless',
  'session.close': 'power',
  'session.attach': 'harmless',
  'session.detach': 'harmless',
  'session.earlier': 'harmless',
  // The model acts on it; its calls ask as the mode says.
  'session.prompt': (params, engine) => (/^\s*\//.test(params.text) ? ofSlashCommand(params, engine) : undefined),
  'session.readAttachment': 'harmless',
  // The user's own commands never ask.
  'session.runCommand': 'power',
  'session.compact': 'power',
  'session.context': 'harmless',
  'session.sendQueued': 'power',
  'session.unqueue': 'power',
  'session.cancel': 'power',
  'session.retryNow': 'power',
  'session.setMode': ({ sessionId, mode }, engine) => (mode === 'yolo' ? inSession(engine, sessionId) : undefined),
  'session.setModel': 'power',
  'session.rename': 'harmless',

  'checkpoint.list': 'harmless',
  'checkpoint.diff': 'harmless',
  'checkpoint.undo': 'power',
  'question.answer': 'power',
  // The rules it can write are the host's own offers, which never cover every command.
  'approval.resolve': 'power',

  'permission.list': 'harmless',
  'permission.revoke': ({ entry: { list, rule, path } }) => (list === 'allow' ? undefined : removeRule(list, rule, path)),

  'task.list': 'harmless',
  'task.promote': 'power',
  'task.stop': 'power',
  'task.attach': 'harmless',
  // The same command in the same folder.
  'task.restart': 'power',
  'task.readOutput': 'harmless',
  'task.revealOutput': 'harmless',
  'task.detach': 'harmless',
  'task.clearEnded': 'harmless',

  'survivor.list': 'harmless',
  'survivor.stop': 'power',
  'survivor.leave': 'power',

  'provider.list': 'harmless',
  'provider.save': async ({ draft }, { providers }) => {
    const leaving = await providers.keyNewlySent(draft);
    return leaving === undefined ? undefined : sendKey(leaving.variable, leaving.origin);
  },
  'provider.delete': 'power',
  'provider.setKey': 'power',
  'provider.deleteKey': 'power',
  // Sends the key to the address that the settings name for it.
  'provider.test': 'power',
  'provider.trustEndpoint': async ({ providerId, projectId }, { providers }) => {
    const found = (await providers.list(projectId)).providers.find(({ id }) => id === providerId);
    return found === undefined ? undefined : sendKey(found.envKey ?? 'use', new URL(found.baseUrl).origin);
  },
  'provider.discover': 'harmless',
  'keyStore.describe': 'harmless',
  // Where keys that the user enters later are kept.
  'keyStore.allowFile': 'power',
  // From a file that every program of the user reads to a safer place; the page sees no key.
  'keyStore.moveToKeyring': 'power',

  'mcp.list': 'harmless',
  // Starts only what the settings name.
  'mcp.restart': 'power',
  'mcp.signIn': 'power',
  'mcp.signOut': 'power',
  'mcp.setEnabled': 'power',
  'mcp.add': async ({ projectId, scope, name, server }, { projects, settings }) => {
    const known = await settings.listMcpServers(projectId);
    return addServer({
      name,
      server,
      folder: scope === 'project' ? (await projects.describe(projectId)).path : undefined,
      isReplaced: known.some((other) => other.name === name && other.scope === scope),
    });
  },
  'mcp.remove': 'power',

  'settings.describe': 'harmless',
  'settings.setDefaultModel': 'power',
  'settings.setApprovalMode': ({ mode }) => (mode === 'yolo' ? neverAskByDefault() : undefined),
  'settings.setTheme': 'harmless',
  'settings.setMoveToBackgroundKey': 'harmless',
};

export const NOTIFY_POWERS: { readonly [N in NotifyName]: 'harmless' | 'power' } = {
  // What is typed into a terminal reaches its program.
  'task.input': 'power',
  'task.resize': 'harmless',
  'task.focus': 'harmless',
  'task.ack': 'harmless',
  'project.shown': 'harmless',
};

async function trustIn({ projects }: Engine, projectId: ProjectId): Promise<Confirmation> {
  const { path, holdsHome } = await projects.describe(projectId);
  return trustFolder(path, holdsHome === true);
}

/** A typed `/approval-mode yolo`. */
async function ofSlashCommand(
  { sessionId, text }: { readonly sessionId: SessionId; readonly text: string },
  engine: Engine,
): Promise<Confirmation | undefined> {
  const mode = await engine.sessions.get(sessionId).slashMode(text);
  return mode === 'yolo' ? inSession(engine, sessionId) : undefined;
}

function inSession(engine: Engine, sessionId: SessionId): Confirmation | undefined {
  const { mode, root } = engine.sessions.get(sessionId).describe();
  return mode === 'yolo' ? undefined : neverAsk(root);
}
