import { defined, type SessionId, type SessionSnapshot } from '../../../preload/contract/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { AppPort } from '../app-port.ts';
import type { RequestHandlers } from '../dispatcher.ts';
import type { Subscriptions } from '../subscriptions.ts';
import type { Viewers } from '../viewers.ts';
import { boundItem } from '../row-bounds.ts';

export interface HandlerContext {
  readonly engine: Engine;
  readonly app: AppPort;
  readonly subscriptions: Subscriptions;
  readonly viewers: Viewers;
  /** This client has left the session. */
  readonly release: (sessionId: SessionId) => void;
}

/** One line for each request: the contract on the left, the engine on the right. Decisions belong in the engine. */
export function createRequestHandlers({ engine, app, subscriptions, viewers, release }: HandlerContext): RequestHandlers {
  const { mcp } = engine;
  const { projects, sessions, tasks, survivors, providers, settings, permissions, commands } = engine;
  return {
    'app.describe': () => app.describe(),
    'app.pickFolder': async () => ({ path: await app.pickFolder() }),
    'app.dimTitleBar': async ({ dimmed }) => done(app.dimTitleBar(dimmed)),
    'app.openMenu': async (at) => done(app.openMenu(at)),
    'app.openExternal': async ({ url }) => done(app.openExternal(url)),

    'command.list': async ({ projectId }) => ({ commands: [...(await commands.list(projectId))] }),
    'command.run': async ({ sessionId, text }) => ({ outcome: await sessions.get(sessionId).runSlash(text) }),

    'project.list': async () => ({ projects: [...(await projects.list())] }),
    'project.lastShown': () => defined({ view: projects.lastShown() }),
    'project.open': async ({ path }) => ({
      project: await projects.open(path),
    }),
    'project.trust': async ({ projectId, trusted }) => ({
      project: await projects.trust(projectId, trusted),
    }),
    'project.forget': async ({ projectId }) => done(projects.forget(projectId)),
    'project.suggestPaths': async ({ prefix }) => ({
      paths: [...(await projects.suggestPaths(prefix))],
    }),

    'project.findFiles': async ({ projectId, query, limit }) => {
      const found = await projects.findFiles(projectId, query, limit);
      return { ...found, paths: [...found.paths] };
    },

    'session.list': async ({ projectId, ...request }) => {
      const { pinned, ...page } = await sessions.page(projectId, defined(request));
      return { ...page, sessions: [...page.sessions], ...(pinned === undefined ? {} : { pinned: [...pinned] }) };
    },
    'session.search': async ({ query, ...request }) => {
      const page = await sessions.search({ query, ...defined(request) });
      return { ...page, hits: [...page.hits] };
    },
    'session.find': async ({ projectId, query }) => ({ sessions: [...(await sessions.find(projectId, query))] }),
    'session.branch': ({ projectId, sessionId, beforeItemId }) => sessions.branch(projectId, sessionId, defined({ beforeItemId })),
    'session.rewind': ({ sessionId, beforeItemId, files }) =>
      sessions.get(sessionId).rewind(beforeItemId, files === undefined ? {} : { files }),
    'session.archive': ({ projectId, sessionId }) => done(sessions.archive(projectId, sessionId)),
    'session.unarchive': async ({ projectId, sessionId }) => ({ session: await sessions.unarchive(projectId, sessionId) }),
    'session.pin': ({ projectId, sessionId, pinned }) => done(sessions.pin(projectId, sessionId, pinned)),
    'session.locate': async ({ projectId, sessionId }) => ({ path: await sessions.locate(projectId, sessionId) }),
    'session.reveal': async ({ projectId, sessionId }) => done(app.revealFile(await sessions.locate(projectId, sessionId))),
    'session.delete': async ({ projectId, sessionId }) => ({ deleted: await sessions.delete(projectId, sessionId) }),
    'session.restore': async ({ projectId, token }) => ({ session: await sessions.restore(projectId, token) }),
    'session.listDeleted': async ({ projectId }) => ({ deleted: [...(await sessions.listDeleted(projectId))] }),
    'session.export': ({ projectId, sessionId, format }) => sessions.export(projectId, sessionId, format),
    'session.readExport': ({ exportId, ...from }) => sessions.readExport(exportId, from),
    'session.openText': ({ sessionId, itemId, part }) => sessions.openText(sessionId, itemId, part),
    'session.inspect': async ({ projectId, sessionId }) => {
      const report = await sessions.inspect(projectId, sessionId);
      return { ...report, problems: [...report.problems] };
    },
    'session.create': async ({ projectId }) => {
      const snapshot = bounded(await sessions.create(projectId));
      subscriptions.begin(snapshot.summary.id);
      return { snapshot };
    },
    'session.attach': async ({ projectId, sessionId }) => {
      subscriptions.begin(sessionId);
      try {
        return { snapshot: bounded(await sessions.open(projectId, sessionId)) };
      } catch (error) {
        subscriptions.settle(sessionId, undefined);
        throw error;
      }
    },
    'session.close': ({ sessionId }) => done(sessions.close(sessionId)),
    'session.detach': ({ sessionId }) => {
      subscriptions.end(sessionId);
      release(sessionId);
      return {};
    },
    'session.earlier': async ({ sessionId, beforeItemId, limit, untilItemId }) => {
      const page = await sessions.get(sessionId).earlier({ beforeItemId, limit, untilItemId });
      return { ...page, items: page.items.map((item) => boundItem(item)) };
    },
    'session.prompt': ({ sessionId, text, localId, ...options }) => sessions.get(sessionId).prompt(text, localId, defined(options)),
    'session.readAttachment': ({ sessionId, itemId, index }) => sessions.get(sessionId).readAttachment(itemId, index),
    'session.runCommand': ({ sessionId, command }) => sessions.get(sessionId).work.runCommand(command),
    'session.compact': async ({ sessionId, instructions }) => ({ result: await sessions.get(sessionId).compact(instructions) }),
    'session.context': async ({ sessionId }) => ({ context: await sessions.get(sessionId).context() }),
    'session.sendQueued': ({ sessionId, localId }) => done(sessions.get(sessionId).work.sendQueued(localId)),
    'session.unqueue': ({ sessionId, localId }) => done(sessions.get(sessionId).work.unqueue(localId)),
    'session.cancel': ({ sessionId }) => done(sessions.get(sessionId).work.cancel()),
    'session.retryNow': ({ sessionId }) => done(sessions.get(sessionId).work.retryNow()),
    'session.setMode': ({ sessionId, mode }) => done(sessions.get(sessionId).setMode(mode)),
    'session.setModel': ({ sessionId, model }) => done(sessions.get(sessionId).setModel(model)),
    'session.rename': ({ projectId, sessionId, title }) => done(sessions.rename(projectId, sessionId, title)),

    'checkpoint.list': async ({ sessionId }) => {
      const { turns, files } = await sessions.get(sessionId).changes.list();
      return { turns: [...turns], files: [...files] };
    },
    'checkpoint.diff': async ({ sessionId, ...choice }) => ({ diff: await sessions.get(sessionId).changes.diff(choice) }),
    'checkpoint.undo': ({ sessionId, onTouched = 'refuse', ...choice }) => sessions.get(sessionId).undoChanges(choice, onTouched),
    'question.answer': ({ sessionId, itemId, answers }) => done(sessions.get(sessionId).questions.answer(itemId, answers)),
    'approval.resolve': ({ sessionId, approvalId, digest, decision }) =>
      done(sessions.get(sessionId).approvals.resolve(approvalId, digest, decision)),

    'permission.list': async ({ projectId }) => {
      const { entries, ...confinement } = await permissions.list(projectId);
      return { entries: [...entries], ...confinement };
    },
    'permission.revoke': ({ projectId, entry }) => done(permissions.revoke(projectId, entry)),

    'task.list': ({ sessionId }) => ({ tasks: [...tasks.list(sessionId)] }),
    'task.promote': ({ taskId }) => ({ task: tasks.promote(taskId) }),
    'task.stop': ({ taskId, force }) => ({
      task: tasks.stop(taskId, { force, by: 'user' }),
    }),
    'task.attach': ({ historyBytes, ...view }) => viewers.attach(historyBytes === undefined ? view : { ...view, historyBytes }),
    'task.restart': async ({ taskId }) => ({ task: await sessions.restartTask(taskId) }),
    'task.readOutput': ({ taskId, ...from }) => tasks.readOutput(taskId, from),
    'task.revealOutput': async ({ taskId }) => done(app.revealFile(tasks.outputPath(taskId))),
    'task.detach': ({ viewerId }) => done(viewers.detach(viewerId)),
    'task.clearEnded': ({ sessionId }) => done(tasks.clearEnded(sessionId)),

    'survivor.list': async () => ({ survivors: [...(await survivors.list())] }),
    'survivor.stop': ({ taskId }) => done(survivors.stop(taskId)),
    'survivor.leave': ({ taskId }) => done(survivors.leave(taskId)),

    'provider.list': async ({ projectId }) => {
      const found = await providers.list(projectId);
      return { providers: [...found.providers], presets: [...found.presets] };
    },
    'provider.save': async ({ draft, replaces }) => ({
      providerId: await providers.save(draft, replaces),
    }),
    'provider.delete': ({ providerId }) => done(providers.delete(providerId)),
    'provider.setKey': ({ providerId, key, store }) => done(providers.setKey(providerId, key, store)),
    'provider.deleteKey': ({ providerId }) => done(providers.deleteKey(providerId)),
    'provider.test': async ({ providerId, modelId, projectId }) => ({
      test: await providers.test({
        providerId,
        ...defined({ modelId, projectId }),
      }),
    }),
    'provider.trustEndpoint': ({ providerId, projectId }) => done(providers.trustEndpoint(providerId, projectId)),
    'provider.discover': async () => ({
      found: [...(await providers.discover())],
    }),
    'keyStore.describe': async () => ({
      state: await providers.describeKeyStore(),
    }),
    'keyStore.allowFile': async ({ allowed }) => ({
      state: await providers.allowKeyFile(allowed),
    }),
    'keyStore.moveToKeyring': async () => ({
      state: await providers.moveKeysToKeyring(),
    }),

    'mcp.list': async ({ projectId }) => ({ servers: [...(await mcp.list(projectId))] }),
    'mcp.restart': ({ projectId, name }) => done(mcp.restart(projectId, name)),
    'mcp.signIn': async ({ projectId, name }) => ({ url: (await mcp.signIn(projectId, name)).url }),
    'mcp.signOut': ({ projectId, name }) => done(mcp.signOut(projectId, name)),
    'mcp.setEnabled': ({ projectId, name, enabled }) => done(mcp.setEnabled(projectId, name, enabled)),
    'mcp.add': ({ projectId, scope, name, server }) => done(mcp.add(projectId, scope, name, server)),
    'mcp.remove': ({ projectId, scope, name }) => done(mcp.remove(projectId, scope, name)),

    'settings.describe': async ({ projectId }) => ({
      settings: await settings.describe(projectId),
    }),
    'settings.setDefaultModel': ({ model }) => done(settings.setDefaultModel(model)),
    'settings.setApprovalMode': ({ mode }) => done(settings.setApprovalMode(mode)),
    'settings.setTheme': ({ theme }) => done(settings.setTheme(theme)),
    'settings.setMoveToBackgroundKey': ({ chord }) => done(settings.setMoveToBackgroundKey(chord)),
  };
}

/** The empty answer, after the work is done. */
async function done(work: Promise<void> | void): Promise<Record<string, never>> {
  await work;
  return {};
}

function bounded(snapshot: SessionSnapshot): SessionSnapshot {
  return { ...snapshot, items: snapshot.items.map((item) => boundItem(item)) };
}
