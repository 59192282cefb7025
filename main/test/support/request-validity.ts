/**
 * What every protocol requires of a history, checked on the sent bytes: each call is directly followed by exactly one result,
 * and no result lacks its call. Independent of the code that builds requests.
 */
import { z } from 'zod';

const Loose = z.record(z.string(), z.unknown());
const Blocks = z.union([z.string(), z.array(Loose), z.null()]).optional();

const Chat = z.object({
  messages: z.array(
    z.object({
      role: z.string(),
      content: Blocks,
      tool_call_id: z.string().optional(),
      tool_calls: z.array(z.object({ id: z.string() })).optional(),
    }),
  ),
});
const Responses = z.object({ input: z.array(z.object({ type: z.string(), call_id: z.string().optional() })) });
const Gemini = z.object({
  contents: z.array(
    z.object({ role: z.string(), parts: z.array(z.looseObject({ functionCall: Loose.optional(), functionResponse: Loose.optional() })) }),
  ),
});

/** The problems of a request's history; empty if it is valid. */
export function problemsOf(body: string): string[] {
  const value: unknown = JSON.parse(body);
  const responses = Responses.safeParse(value);
  if (responses.success) return callsAnswered(responses.data.input.map(({ type, call_id }) => stepOf(type, call_id)));
  const gemini = Gemini.safeParse(value);
  if (gemini.success) return geminiProblems(gemini.data);
  const chat = Chat.safeParse(value);
  if (!chat.success) return ['no protocol has this form'];
  const { messages } = chat.data;
  return [...callsAnswered(messages.flatMap(chatSteps)), ...messages.flatMap(emptyProblem)];
}

type Step = { readonly kind: 'call' | 'result'; readonly id: string } | { readonly kind: 'other' };

function stepOf(type: string, id = ''): Step {
  if (type === 'function_call') return { kind: 'call', id };
  return type === 'function_call_output' ? { kind: 'result', id } : { kind: 'other' };
}

type ChatMessage = z.infer<typeof Chat>['messages'][number];

/** Chat completions have calls and results beside the content, Anthropic has them inside it. */
function chatSteps(message: ChatMessage): Step[] {
  if (message.role === 'tool') return [{ kind: 'result', id: message.tool_call_id ?? '' }];
  const blocks = Array.isArray(message.content) ? message.content : [];
  const inside = blocks.flatMap((block): Step[] => {
    if (block['type'] === 'tool_use') return [{ kind: 'call', id: String(block['id']) }];
    return block['type'] === 'tool_result' ? [{ kind: 'result', id: String(block['tool_use_id']) }] : [];
  });
  const beside = (message.tool_calls ?? []).map(({ id }): Step => ({ kind: 'call', id }));
  return [...(inside.some((step) => step.kind === 'result') ? [] : [{ kind: 'other' } as const]), ...inside, ...beside];
}

function callsAnswered(steps: readonly Step[]): string[] {
  const problems: string[] = [];
  let waiting = new Set<string>();
  let hasResults = false;
  for (const step of [...steps, { kind: 'other' } as const]) {
    if (step.kind === 'call') {
      if (hasResults && waiting.size > 0) problems.push(`no result for ${[...waiting].join(', ')}`);
      if (waiting.has(step.id)) problems.push(`two calls ${step.id}`);
      if (hasResults) waiting = new Set();
      waiting.add(step.id);
      hasResults = false;
    } else if (step.kind === 'result') {
      hasResults = true;
      if (!waiting.delete(step.id)) problems.push(`a result without its call: ${step.id}`);
    } else {
      if (waiting.size > 0) problems.push(`no result for ${[...waiting].join(', ')}`);
      waiting = new Set();
      hasResults = false;
    }
  }
  return problems;
}

function emptyProblem(message: ChatMessage): string[] {
  const isEmpty = message.content === '' || (Array.isArray(message.content) && message.content.length === 0);
  return isEmpty && message.role !== 'tool' && (message.tool_calls ?? []).length === 0 ? [`an empty message of ${message.role}`] : [];
}

/** Gemini matches by order and number: as many responses as calls, in the next content. */
function geminiProblems({ contents }: z.infer<typeof Gemini>): string[] {
  return contents.flatMap((content, at) => {
    const calls = content.parts.filter((part) => part.functionCall !== undefined).length;
    const next = contents[at + 1]?.parts.filter((part) => part.functionResponse !== undefined).length ?? 0;
    const before = contents[at - 1]?.parts.filter((part) => part.functionCall !== undefined).length ?? 0;
    const results = content.parts.filter((part) => part.functionResponse !== undefined).length;
    return [
      ...(calls > 0 && calls !== next ? [`${calls} calls have ${next} results`] : []),
      ...(results > 0 && before !== results ? [`${results} results follow ${before} calls`] : []),
      ...(content.parts.length === 0 ? ['an empty content'] : []),
    ];
  });
}
