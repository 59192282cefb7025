import type { Params, ProjectSummary, RequestName, SessionId } from '../../preload/contract/index.ts';
import type { Clock, Engine, Logger, SessionOptions } from '../engine/index.ts';

/** The program around the connections: `gantry --acp`, or `gantry serve` with its other clients. */
export interface AcpHost {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  /** The folder for requests that name none. */
  readonly workspace: string;
  /** Errors: those of `Projects.open`. */
  readonly openFolder: (path: string) => Promise<ProjectSummary>;
  /** Of every new session of these connections. */
  readonly sessionOptions: Pick<SessionOptions, 'model' | 'mode' | 'systemPrompt' | 'appendSystemPrompt' | 'extraFolders' | 'allowedTools'>;
  /**
   * Asks the user outside the client before a request that grants something lasting; see `ConfirmRequest` of the rpc host. Absent: the
   * client is the program that started Gantry, so it could do the same without Gantry.
   */
  readonly confirm?: <M extends RequestName>(
    method: M,
    params: Params<M>,
    client: { readonly signal: AbortSignal },
  ) => Promise<void> | undefined;
  /** The session is open in a client until the returned function is called. */
  readonly watch: (sessionId: SessionId) => () => void;
}
