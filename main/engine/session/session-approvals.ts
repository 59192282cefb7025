/** The approvals of one session: connects the broker to the session's mode, the folder's rules, the rows and the file. */
import { randomUUID } from 'node:crypto';
import { type ApprovalMode, ItemId, type NoticeContent } from '../../../preload/contract/index.ts';
import { type ApprovalBroker, createApprovalBroker } from '../approval/index.ts';
import { describeNotice, grantDraft, questionDraft, type RecordDraft } from '../transcript/index.ts';
import type { LoadedSession, SessionStore } from '../session-file/index.ts';
import type { SessionDeps, SessionIdentity } from './session-deps.ts';
import type { SessionView } from './session-view.ts';

export interface SessionApprovalsOptions {
  readonly identity: SessionIdentity;
  readonly deps: SessionDeps;
  readonly store: SessionStore;
  readonly view: SessionView;
  readonly loaded: LoadedSession;
  readonly mode: () => ApprovalMode;
  readonly onChanged: () => void;
}

export function createSessionApprovals({ identity, deps, store, view, loaded, mode, onChanged }: SessionApprovalsOptions): ApprovalBroker {
  const { id, project, options } = identity;
  const { unattended = false, allowedTools = [] } = options;
  const { home, rules, sandbox } = deps.approvals;
  const permissions = rules.of(async () => ({ root: project.root, cwd: project.cwd, trusted: (await project.trust()) === 'trusted' }));
  const broker = createApprovalBroker({
    sessionId: id,
    rules: () => ({ mode: mode(), unattended, allowedTools }),
    place: { root: project.root, home },
    permissions: () => permissions.lists(),
    ruleFile: (scope) => permissions.fileOf(scope),
    writeRules: (scope, written) => permissions.allow(scope, written),
    sandbox,
    granted: loaded.grants,
    onGranted(grant) {
      // A grant that cannot be written is requested again after a restart.
      store.append([grantDraft(grant)]).catch((error: unknown) => deps.logger.warn('A grant was not written', { error: String(error) }));
    },
    nowMs: () => deps.clock.now(),
    onRequested(approval) {
      view.approvalRequested(approval);
      onChanged();
    },
    onResolved(approvalId, decision) {
      view.approvalResolved(approvalId, decision);
      onChanged();
    },
    onUnwritten(rules, reason) {
      const content: NoticeContent = { code: 'rules_not_saved', rules: [...rules], reason };
      const common = { id: ItemId.parse(randomUUID()), createdAtMs: deps.clock.now(), level: 'warning' } as const;
      view.addItem({ kind: 'notice', ...common, text: describeNotice(content), content });
    },
  });
  return recordedBroker(broker, async (draft) => {
    // Without this record the approval is not requested again after a restart, and the call counts as started.
    await store
      .append([draft])
      .catch((error: unknown) => deps.logger.warn('An approval request was not written', { error: String(error) }));
  });
}

/** An approval request is written before it is shown, and its answer is written before the call runs. */
function recordedBroker(broker: ApprovalBroker, record: (draft: RecordDraft) => Promise<void>): ApprovalBroker {
  return {
    ...broker,
    async ask(request, signal, onWaiting) {
      let isWritten = false;
      const outcome = await broker.ask(request, signal, onWaiting, async () => {
        // A repeated request is already in the file: opening a session must not write to it.
        if (request.isInterrupted !== true) await record(questionDraft(request.toolCallId, 'asked'));
        isWritten = true;
      });
      if (!isWritten || outcome.kind === 'cancelled') return outcome;
      await record(questionDraft(request.toolCallId, 'answered'));
      return outcome;
    },
  };
}
