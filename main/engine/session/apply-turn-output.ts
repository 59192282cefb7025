/** Applies the outputs of a turn one at a time: the next output is requested after the last one is applied. */
import type { TurnResult } from '../../../preload/contract/index.ts';
import { assertNever } from '../lib/assert-never.ts';
import type { Logger } from '../ports.ts';
import type { ModelMessage } from '../provider/provider.ts';
import type { TurnControl, TurnOutput } from '../turn/index.ts';
import type { TelemetryRecords } from '../transcript/index.ts';
import type { SessionStore } from '../session-file/index.ts';
import type { SessionView } from './session-view.ts';

export interface TurnTarget {
  /** Of the turn that produces the outputs. */
  readonly control: Pick<TurnControl, 'fail' | 'failure'>;
  readonly view: SessionView;
  readonly store: SessionStore;
  readonly logger: Logger;
  readonly telemetry: TelemetryRecords;
  readonly onMessage: (message: ModelMessage) => void;
  readonly onHistoryReplaced: (messages: readonly ModelMessage[], tokens: number) => void;
  /** A provider has counted the tokens of a request and its answer. */
  readonly onMeasured: (tokens: number) => void;
  readonly onRecorded: () => void;
  readonly onEnded: (result: TurnResult) => Promise<void>;
}

/**
 * An output that cannot be applied (the disk is full) fails the turn: its control cancels running work, and the turn ends by
 * itself. After that nothing is written or added to the history, so that no record lacks its
 * predecessor. The failure is not thrown into the generator, which may be delegating to an iterator that cannot accept it.
 */
export async function applyTurnOutput(outputs: AsyncGenerator<TurnOutput, void>, target: TurnTarget): Promise<void> {
  const { control, logger } = target;
  for await (const output of outputs) {
    if (control.failure() !== undefined && isPersisted(output)) continue;
    await applyOutput(output, target).catch((error: unknown) => {
      logger.error('A step of a turn could not be applied', { step: output.kind, error: String(error) });
      control.fail(error);
    });
  }
}

function isPersisted({ kind }: TurnOutput): boolean {
  return kind === 'record' || kind === 'message' || kind === 'history_replaced';
}

async function applyOutput(
  output: TurnOutput,
  { view, store, telemetry, logger, onMessage, onHistoryReplaced, onMeasured, onRecorded, onEnded }: TurnTarget,
): Promise<void> {
  switch (output.kind) {
    case 'record':
      await store.append([...telemetry.before(output.draft), output.draft]);
      return onRecorded();
    case 'message':
      return onMessage(output.message);
    case 'turn_changed': {
      const drafts = telemetry.turnChanged(output.turn);
      // Only telemetry: the turn continues without it.
      if (drafts.length > 0)
        await store.append(drafts).catch((error: unknown) => logger.warn('Telemetry of a turn was not written', { error: String(error) }));
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
      return onHistoryReplaced(output.messages, output.tokens);
    case 'context_changed':
      if (output.context.isEstimate !== true) onMeasured(output.context.usedTokens);
      return view.contextChanged(output.context);
    case 'ended':
      return await onEnded(output.result);
    default:
      return assertNever(output);
  }
}
