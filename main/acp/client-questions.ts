/** Asks the client for approvals and answers of questions, and gives what it says to the session. */
import type { AgentContext, RequestPermissionRequest } from '@agentclientprotocol/sdk';
import { methods } from '@agentclientprotocol/sdk';
import type { Approval, HostEvent, QuestionAnswer, SessionSnapshot, ToolItem } from '../../preload/contract/index.ts';
import { type AskedQuestion, readReply, toDecision, toQuestionRequest } from '../acp-shapes/index.ts';
import { EngineError, type Logger, type SessionHandle } from '../engine/index.ts';

export interface ClientQuestionsOptions {
  readonly client: AgentContext;
  readonly logger: Logger;
  readonly session: () => SessionHandle;
  /** Resolves when the client has everything that happened before: a request about a call that it does not know shows nothing. */
  readonly upToDate: () => Promise<void>;
  /** With the change that the call would make. */
  readonly toRequest: (approval: Approval) => Promise<RequestPermissionRequest>;
  readonly inputOf: (itemId: ToolItem['id']) => ToolItem['input'];
}

/** Another client may answer first; then the request to this one is cancelled. Ownership: the creator calls `close`. */
export interface ClientQuestions {
  event(event: HostEvent): void;
  /** What was pending before the client came. */
  pending(snapshot: SessionSnapshot): void;
  close(): void;
}

export function createClientQuestions({ client, logger, session, upToDate, toRequest, inputOf }: ClientQuestionsOptions): ClientQuestions {
  const asked = new Map<string, AbortController>();

  async function send(request: RequestPermissionRequest, { signal }: AbortController): Promise<unknown> {
    await upToDate();
    return client.request(methods.client.session.requestPermission, request, { cancellationSignal: signal, stopWaitingOnCancel: true });
  }

  /** Runs the exchange once for each id; its failure is an answer too, unless it was withdrawn. */
  function ask(id: string, exchange: (control: AbortController) => Promise<void>, refuse: () => void): void {
    if (asked.has(id)) return;
    const control = new AbortController();
    asked.set(id, control);
    exchange(control)
      .catch((error: unknown) => {
        if (control.signal.aborted) return;
        logger.warn('A client did not answer a question', { error: String(error) });
        refuse();
      })
      .catch((error: unknown) => {
        // Answered or withdrawn meanwhile: that is the end of the question too.
        if (!(error instanceof EngineError)) logger.error('An answer was not taken', { error: String(error) });
      })
      .finally(() => asked.delete(id));
  }

  function askApproval(approval: Approval): void {
    const { id, digest } = approval;
    ask(
      id,
      async (control) => {
        const answer = await send(await toRequest(approval), control);
        if (!control.signal.aborted) session().approvals.resolve(id, digest, toDecision(answer, approval));
      },
      () => session().approvals.resolve(id, digest, { kind: 'deny', note: 'The editor could not ask the user.' }),
    );
  }

  function askQuestion(item: ToolItem): void {
    if (item.display.kind !== 'question' || item.display.state !== 'asked') return;
    const { display } = item;
    const question: AskedQuestion = { sessionId: session().id, item, display, input: item.input ?? inputOf(item.id) };
    ask(
      item.id,
      async (control) => {
        const answers: QuestionAnswer[] = [];
        for (let at = 0; at < display.questions.length; at += 1) {
          const reply = readReply(await send(toQuestionRequest(question, at), control), display);
          if (control.signal.aborted) return;
          if (reply?.kind !== 'one') return session().questions.answer(item.id, reply?.answers);
          answers.push(reply.answer);
        }
        session().questions.answer(item.id, answers);
      },
      () => session().questions.answer(item.id, undefined),
    );
  }

  function withdraw(id: string): void {
    asked.get(id)?.abort();
  }

  return {
    event(event) {
      if (event.event === 'approval.requested') askApproval(event.data.approval);
      if (event.event === 'approval.resolved') withdraw(event.data.approvalId);
      if (event.event !== 'item.changed' && event.event !== 'item.added') return;
      const { item } = event.data;
      if (item.kind !== 'tool' || item.display.kind !== 'question') return;
      if (item.display.state === 'asked') askQuestion(item);
      else withdraw(item.id);
    },
    pending({ approvals, items }) {
      for (const approval of approvals) askApproval(approval);
      for (const item of items) if (item.kind === 'tool') askQuestion(item);
    },
    close() {
      for (const control of asked.values()) control.abort();
    },
  };
}
