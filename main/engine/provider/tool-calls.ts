/** Turns the tool calls of a stream into calls that can be run or answered. Pure, and the same for every protocol. */
import type { ModelToolCall, Signature } from './provider.ts';
import { defined } from '../../../preload/contract/index.ts';

export interface RawToolCall {
  /** Empty if the model gave none. */
  readonly id: string;
  readonly name: string;
  readonly argumentsText: string;
  readonly signature?: Signature;
}

/**
 * Every id is present and unique in the answer (the seed makes it unique in the session); an unusable call has a `problem`.
 * `wasCut`: the output limit ended the answer and explains broken arguments.
 */
export function readToolCalls(
  calls: readonly RawToolCall[],
  options: { readonly seed: string; readonly wasCut: boolean },
): ModelToolCall[] {
  const seen = new Set<string>();
  return calls.map((call, index) => {
    const id = call.id === '' || seen.has(call.id) ? `call_${options.seed}_${index}` : call.id;
    seen.add(id);
    return readCall({ ...call, id }, options.wasCut);
  });
}

function readCall(call: RawToolCall, wasCut: boolean): ModelToolCall {
  const input = readArguments(call.argumentsText);
  const name = call.name === '' ? 'unknown' : call.name;
  const signed = call.signature === undefined ? {} : { signature: call.signature };
  const nameProblem = call.name === '' ? 'The call names no tool.' : undefined;
  if (input !== undefined) return { id: call.id, name, input, ...defined({ problem: nameProblem }), ...signed };
  const problem = wasCut
    ? 'The output limit was reached before the arguments were complete. Make a smaller call, or several.'
    : 'The arguments are not a valid JSON object. Send the call again with valid JSON.';
  return { id: call.id, name, input: { invalidJson: call.argumentsText }, problem: nameProblem ?? problem, ...signed };
}

/** Undefined for anything but a JSON object; empty text is an object without members. */
export function readArguments(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {};
  try {
    let value: unknown = JSON.parse(text);
    if (typeof value === 'string') value = JSON.parse(value); // some local servers encode it twice
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined; // the caller turns it into a problem that is reported to the model
  }
}
