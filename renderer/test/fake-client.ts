/** A host in memory: answers requests from a table, records them, and emits the events that a test passes to it. */
import type {
  HostEvent,
  NotifyName,
  NotifyParams,
  OutputFrame,
  Params,
  RequestName,
  Result,
  ViewerId,
} from '../../preload/contract/index.ts';
import { type Client, ClientError, type ConnectionState } from '../rpc/index.ts';

export type Answers = { [M in RequestName]?: (params: Params<M>) => Result<M> | Promise<Result<M>> };

export interface FakeClient extends Client {
  /** Every request in order. */
  readonly requests: readonly { readonly method: RequestName; readonly params: unknown }[];
  readonly notifies: readonly { readonly method: NotifyName; readonly params: unknown }[];
  answer<M extends RequestName>(method: M, answer: NonNullable<Answers[M]>): void;
  emit(event: HostEvent): void;
  setState(state: ConnectionState): void;
  output(frame: OutputFrame): void;
  paramsOf<M extends RequestName>(method: M): readonly Params<M>[];
}

export function createFakeClient(answers: Answers): FakeClient {
  const requests: { method: RequestName; params: unknown }[] = [];
  const notifies: { method: NotifyName; params: unknown }[] = [];
  const events = new Set<(event: HostEvent) => void>();
  const states = new Set<(state: ConnectionState) => void>();
  const outputs = new Map<ViewerId, (frame: OutputFrame) => void>();
  let state: ConnectionState = { kind: 'connecting' };
  return {
    requests,
    answer: (method, answer) => {
      answers[method] = answer;
    },
    emit: (event) => {
      for (const listener of events) listener(event);
    },
    setState: (next) => {
      state = next;
      for (const listener of states) listener(next);
    },
    output: (frame) => outputs.get(frame.viewerId)?.(frame),
    // The requests of one method carry that method's params.
    paramsOf: <M extends RequestName>(method: M) =>
      requests.filter((request) => request.method === method).map((request) => request.params as Params<M>),
    request: async (method, params) => {
      requests.push({ method, params });
      const answer = answers[method];
      if (!answer) throw new ClientError({ code: 'not_supported', message: `The fake host does not answer ${method}` });
      return answer(params);
    },
    notifies,
    notify: <N extends NotifyName>(method: N, params: NotifyParams<N>) => void notifies.push({ method, params }),
    onEvent: (listener) => {
      events.add(listener);
      return () => events.delete(listener);
    },
    onOutput: (viewerId, listener) => {
      outputs.set(viewerId, listener);
      return () => outputs.delete(viewerId);
    },
    onState: (listener) => {
      states.add(listener);
      listener(state);
      return () => states.delete(listener);
    },
    close: () => {},
  };
}
