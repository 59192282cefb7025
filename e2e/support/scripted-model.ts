import { type ChatCompletionRequest, LLMock } from '@copilotkit/aimock';

/** One answer of the model: text, or tool calls. */
export type Step = { readonly content: string } | { readonly toolCalls: { readonly name: string; readonly arguments: string }[] };

export const say = (content: string): Step => ({ content });
export const call = (name: string, parameters: object): Step => ({ toolCalls: [{ name, arguments: JSON.stringify(parameters) }] });

/**
 * A model on loopback that plays a script: a prompt that contains a key of `script` gets its steps, one for each answer. Other
 * prompts are answered with "Noted.". `requests` are the bodies it received, oldest first.
 */
export interface ScriptedModel {
  readonly baseUrl: string;
  readonly requests: readonly ChatCompletionRequest[];
  play(script: Readonly<Record<string, readonly Step[]>>): void;
  stop(): Promise<void>;
}

export async function startScriptedModel(): Promise<ScriptedModel> {
  const server = new LLMock({ port: 0 });
  const requests: ChatCompletionRequest[] = [];
  const scripts = new Map<string, readonly Step[]>();
  server.on({ predicate: () => true }, (request: ChatCompletionRequest) => {
    requests.push(request);
    return nextStep(scripts, request);
  });
  await server.start();
  return {
    baseUrl: `${server.url}/v1`,
    requests,
    play: (script) => {
      for (const [prompt, steps] of Object.entries(script)) scripts.set(prompt, steps);
    },
    stop: () => server.stop(),
  };
}

function nextStep(scripts: ReadonlyMap<string, readonly Step[]>, { messages }: ChatCompletionRequest): Step {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  const prompt = JSON.stringify(messages[asked]?.content ?? '');
  const steps = [...scripts].find(([key]) => prompt.includes(key))?.[1] ?? [];
  const answered = messages.slice(asked).filter(({ role }) => role === 'assistant').length;
  return steps[answered] ?? say('Noted.');
}
