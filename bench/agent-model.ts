/**
 * The model of the benchmark, in a separate process so that its work is not counted:
 * `/<run>/<rounds>/<tool>/v1/chat/completions` requests that many calls of the tool (`read` or `shell`), one per answer, and
 * then returns a sentence. It never parses a request; it recognizes a request for a summary by its text. Prints its port on
 * standard output.
 */
import { createServer, type ServerResponse } from 'node:http';
import { COMPACTION_REQUEST } from '../resources/prompts/compaction-prompt.ts';

const SUMMARY_MARK = Buffer.from(COMPACTION_REQUEST.slice(0, 60));
const FILES = 20;
const BYTES_PER_TOKEN = 4;
const answered = new Map<string, number>();

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    const [, run = '', rounds = '0', tool = 'read'] = (request.url ?? '').split('/');
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const tokens = Math.ceil(body.length / BYTES_PER_TOKEN);
    if (body.includes(SUMMARY_MARK)) return answer(response, { content: '## Request\nRead the files.\n## Next\nGo on.' }, 'stop', tokens);
    const round = answered.get(run) ?? 0;
    answered.set(run, round + 1);
    if (round >= Number(rounds)) return answer(response, { content: 'All files are read.' }, 'stop', tokens);
    const call = { index: 0, id: `call_${run}_${round}`, type: 'function', function: callOf(tool, round) };
    return answer(response, { tool_calls: [call] }, 'tool_calls', tokens);
  });
});

function callOf(tool: string, round: number): { name: string; arguments: string } {
  const file = `file-${round % FILES}.txt`;
  if (tool === 'read') return { name: 'read_file', arguments: JSON.stringify({ file_path: file }) };
  const command = `grep -c "line ${round % FILES} of" ${file} && head -n 2 ${file} | wc -c`;
  return { name: 'run_shell_command', arguments: JSON.stringify({ command, description: 'Count', is_background: false }) };
}

function answer(response: ServerResponse, delta: object, reason: string, tokens: number): void {
  const chunk = (choices: object[], more: object = {}) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 0, model: 'bench', choices, ...more })}\n\n`;
  const usage = { prompt_tokens: tokens, completion_tokens: 20, total_tokens: tokens + 20 };
  response.end(
    chunk([{ index: 0, delta: { role: 'assistant', ...delta }, finish_reason: null }]) +
      chunk([{ index: 0, delta: {}, finish_reason: reason }]) +
      chunk([], { usage }) +
      'data: [DONE]\n\n',
  );
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address !== null ? address.port : 0);
});
