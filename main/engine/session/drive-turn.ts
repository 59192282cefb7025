/** Performs what a turn tells, one output before the next is asked for. */
import type { TurnResult } from '../../../preload/contract/index.ts';
import { assertNever } from '../lib/assert-never.ts';
import type { Logger } from '../ports.ts';
import type { ModelMessage } from '../provider/provider.ts';
import type { TurnOutput } from '../turn/turn-output.ts';
import type { SessionStore } from './session-store.ts';
import type { SessionView } from './session-view.ts';
import type { TelemetryRecords } from './telemetry-records.ts';

export interface TurnTarget {
  readonly view: SessionView;
  readonly store: SessionStore;
  readonly logger: Logger;
  readonly telemetry: TelemetryRecords;
  readonly onMessage: (message: ModelMessage) => void;
  readonly onReplaced: (messages: readonly ModelMessage[], tokens: number) => void;
  /** A provider has counted a request and its answer. */
  readonly onMeasured: (tokens: number) => void;
  readonly onRecorded: () => void;
  readonly onEnded: (result: TurnResult) => Promise<void>;
}

/** An output that cannot be performed (the disk is full) is the turn's failure: it ends, and says so. */
export async function driveTurn(outputs: AsyncGenerator<TurnOutput, void>, target: TurnTarget): Promise<void> {
  let hasFailed = false;
  let next = await outputs.next();
  while (next.done !== true) {
    const problem = await perform(next.value, target).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (problem !== undefined) {
      target.logger.error('A step of a turn could not be performed', { step: next.value.kind, error: String(problem.error) });
    }
    if (problem === undefined || hasFailed) {
      next = await outputs.next();
    } else {
      hasFailed = true;
      next = await outputs.throw(problem.error);
    }
  }
}

async function perform(
  output: TurnOutput,
  { view, store, telemetry, onMessage, onReplaced, onMeasured, onRecorded, onEnded }: TurnTarget,
): Promise<void> {
  switch (output.kind) {
    case 'record':
      await store.append([...telemetry.before(output.draft), output.draft]);
      return onRecorded();
    case 'message':
      return onMessage(output.message);
    case 'turn_changed': {
      const drafts = telemetry.turnChanged(output.turn);
      if (drafts.length > 0) await store.append(drafts);
      return view.turnChanged(output.turn);
    }
    case 'item_added':
      return view.addItem(output.item);
    case 'item_changed':
      return view.changeItem(output.item);
    case 'item_removed':
      return view.removeItem(output.itemId);
    case 'delta':
      return view.delta(output.itemId, output.part, output.offsetChars, output.text);
    case 'history_replaced':
      return onReplaced(output.messages, output.tokens);
    case 'context_changed':
      if (output.context.isEstimate !== true) onMeasured(output.context.usedTokens);
      return view.contextChanged(output.context);
    case 'ended':
      return await onEnded(output.result);
    default:
      return assertNever(output);
  }
}
