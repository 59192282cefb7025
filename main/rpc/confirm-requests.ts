/** Asks the user outside the page before a request that grants something lasting. request-powers.ts decides which ones do. */
import type { Params, RequestName } from '../../preload/contract/index.ts';
import { type Engine, EngineError, type Logger } from '../engine/index.ts';
import type { AppPort } from './app-port.ts';
import type { Confirmation } from './confirmation.ts';
import { REQUEST_POWERS, type RequestPower } from './request-powers.ts';

/**
 * Undefined: the request needs no confirmation, and is not delayed. Otherwise resolves if it may go on. Errors: `cancelled` (the user
 * refused), those of `AppPort.confirm` and of the request.
 */
export type ConfirmRequest = <M extends RequestName>(method: M, params: Params<M>, client: AskingClient) => Promise<void> | undefined;

/** `signal`: the client has left. `asked` is called when a question is open in a place that the page does not cover. */
export interface AskingClient {
  readonly signal: AbortSignal;
  readonly asked?: () => void;
}

export interface ConfirmRequestDeps {
  readonly engine: Engine;
  readonly app: Pick<AppPort, 'confirm' | 'describe'>;
  readonly logger: Logger;
}

/**
 * One question at a time for all clients, so that a page cannot cover the screen with dialogs: another request that needs one is
 * refused meanwhile.
 */
export function createConfirmRequest({ engine, app, logger }: ConfirmRequestDeps): ConfirmRequest {
  let isAsking = false;

  async function ask(
    confirm: NonNullable<AppPort['confirm']>,
    method: RequestName,
    given: Confirmation | Promise<Confirmation | undefined>,
    { signal, asked }: AskingClient,
  ): Promise<void> {
    const question = await given;
    if (question === undefined) return;
    if (isAsking) throw new EngineError('cancelled', 'Another confirmation is open. Answer it first, then try again.');
    isAsking = true;
    try {
      const answer = confirm(question, signal);
      if (app.describe().confirmsInTerminal === true) asked?.();
      const isConfirmed = await answer;
      logger.info('the user was asked outside the page', { method, isConfirmed });
      if (!isConfirmed || signal.aborted) throw new EngineError('cancelled', 'This was not confirmed, so nothing was changed.');
    } finally {
      isAsking = false;
    }
  }

  return (method, params, client) => {
    const { confirm } = app;
    if (confirm === undefined) return undefined;
    const power: RequestPower<typeof method> = REQUEST_POWERS[method];
    const question = typeof power === 'function' ? power(params, engine) : undefined;
    return question === undefined ? undefined : ask(confirm, method, question, client);
  };
}
