/** The answer of a run with `--json-schema`: the arguments of the accepted call of `structured_output`. */
import type { HostEvent, ItemId } from '../../../preload/contract/index.ts';
import { EXIT } from '../exit-codes.ts';
import type { RunFailure } from '../output/failure.ts';

const TOOL = 'structured_output';

export interface StructuredAnswer {
  /** Accepts every event of the session. */
  push(event: HostEvent): void;
  answer(): object | undefined;
}

export function watchStructuredAnswer(): StructuredAnswer {
  const given = new Map<ItemId, object>();
  let taken: object | undefined;
  return {
    push(event) {
      if (event.event !== 'item.added' && event.event !== 'item.changed') return;
      const { item } = event.data;
      if (item.kind !== 'tool' || item.name !== TOOL || item.parentId !== undefined) return;
      if (item.input !== undefined) given.set(item.id, item.input);
      if (item.status === 'success') taken = given.get(item.id);
    },
    answer: () => taken,
  };
}

/** Unit: UTF-16 code units. */
const PREVIEW_CHARS = 200;

/** The model has ended with plain text. */
export function noAnswerFailure(text: string): RunFailure {
  const shown = text.length > PREVIEW_CHARS ? `${text.slice(0, PREVIEW_CHARS)}…` : text;
  const said = shown === '' ? '' : ` It said: ${shown.replace(/\s+/g, ' ')}`;
  return { message: `The model ended without an answer of the schema (it did not call ${TOOL}).${said}`, exitCode: EXIT.failure };
}
