/** The lines of a turn in the format of Qwen Code: a prompt, a call, its result, an answer. */

export interface TurnOptions {
  readonly turn: number;
  readonly cwd: string;
  readonly session?: number;
  readonly hasNeedle?: boolean;
  /** Unit: characters. */
  readonly outputChars?: number;
}

/** Four records; the parent of the first is the last one of the turn before. */
export function turnLines({ turn, cwd, session = 0, hasNeedle = false, outputChars = 3000 }: TurnOptions): string[] {
  const id = (part: string, of = turn) => `s${session}-t${of}-${part}`;
  const timestamp = new Date(Date.UTC(2026, 0, 1) + turn * 1000).toISOString();
  const record = (part: string, parent: string | null, fields: object) =>
    JSON.stringify({ uuid: id(part), parentUuid: parent, sessionId: 'bench', timestamp, cwd, version: '0.15.10', ...fields });
  const callId = `call_${session}_${turn}`;
  const answer = `Answer ${turn}. ${hasNeedle ? 'The needle in the haystack. ' : ''}${'More words. '.repeat(30)}`;
  const output = `line of output ${turn}\n`.repeat(Math.ceil(outputChars / 20));
  const call = { functionCall: { id: callId, name: 'read_file', args: { file_path: `${cwd}/file-${turn}.ts` } } };
  const response = { functionResponse: { id: callId, name: 'read_file', response: { output } } };
  return [
    record('user', turn === 0 ? null : id('answer', turn - 1), {
      type: 'user',
      message: { role: 'user', parts: [{ text: `Prompt ${session}.${turn}: please look` }] },
    }),
    record('call', id('user'), { type: 'assistant', model: 'm', message: { role: 'model', parts: [call] } }),
    record('result', id('call'), {
      type: 'tool_result',
      message: { role: 'user', parts: [response] },
      toolCallResult: { callId, status: 'success', resultDisplay: 'Read' },
    }),
    record('answer', id('result'), { type: 'assistant', model: 'm', message: { role: 'model', parts: [{ text: answer }] } }),
  ];
}
