/** Performs what a turn tells, one output before the next is asked for. */
import type { TurnResult } from '../../../preload/contract/index.ts';
import { assertNever } from '../lib/assert-never.ts';
import type { Logger } from '../ports.ts';
import type { ModelMessage } from '../provider/provider.ts';
import type { TurnControl, TurnOutput } from '../turn/index.ts';
import type { TelemetryRecords } from '../transcript/index.ts';
import type { SessionStore } from '../session-file/index.ts';
import type { SessionView } from './session-view.ts';

export interface TurnTarget {
  /** Of the turn that the outputs belong to. */
  readonly control: Pick<TurnControl, 'fail' | 'failure'>;
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

/**
 * An output that cannot be performed (the disk is full) fails the turn: its control cancels what runs, and the turn ends by
 * itself. From then on nothing is written and nothing enters the history, so that neither has a record without its
 * predecessor. The failure is not thrown into the generator: it may be delegating to an iterator that cannot take it.
 */
export async function driveTurn(outputs: AsyncGenerator<TurnOutput, void>, target: TurnTarget): Promise<void> {
  const { control, logger } = target;
  for await (const output of outputs) {
    if (control.failure() !== undefined && isKept(output)) continue;
    await perform(output, target).catch((error: unknown) => {
      logger.error('A step of a turn could not be performed', { step: output.kind, error: String(error) });
      control.fail(error);
    });
  }
}

function isKept({ kind }: TurnOutput): boolean {
  return kind === 'record' || kind === 'message' || kind === 'history_replaced';
}

async function perform(
  output: TurnOutput,
  { view, store, telemetry, logger, onMessage, onReplaced, onMeasured, onRecorded, onEnded }: TurnTarget,
): Promise<void> {
  switch (output.kind) {
    case 'record':
      await store.append([...telemetry.before(output.draft), output.draft]);
      return onRecorded();
    case 'message':
      return onMessage(output.message);
    case 'turn_changed': {
      const drafts = telemetry.turnChanged(output.turn);
      // Only a figure: the turn goes on without it.
      if (drafts.length > 0)
        await store.append(drafts).catch((error: unknown) => logger.warn('A figure of a turn was not written', { error: String(error) }));
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
