/** The baseline: Node, the openai package and one streamed answer. Plain JavaScript, like the measured program. */
import { OpenAI } from 'openai';

const client = new OpenAI({ baseURL: process.argv[2] ?? '', apiKey: 'none' });
const stream = await client.chat.completions.create({ model: 'bench', stream: true, messages: [{ role: 'user', content: 'go' }] });
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');
