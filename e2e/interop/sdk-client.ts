/** The real `@qwen-code/sdk` as a client of the real Qwen Code and of Gantry, and what a program sees of them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commandOf, type ProgramName } from './programs.ts';
import type { Answer, SentRequest } from './recording-model.ts';
import type { World } from './world.ts';

export const SDK_VERSION = '0.1.14';

export interface SdkMessage {
  readonly type: string;
  readonly subtype?: string;
  readonly session_id?: string;
  readonly parent_tool_use_id?: string | null;
  readonly result?: string;
  readonly is_error?: boolean;
  readonly error?: { readonly message: string };
  readonly permission_mode?: string;
  readonly tools?: readonly string[];
  readonly event?: { readonly type: string };
  readonly permission_denials?: readonly { readonly tool_name: string }[];
  readonly message?: { readonly content?: readonly Block[] };
}

export interface Block {
  readonly type: string;
  readonly text?: string;
  readonly name?: string;
  readonly input?: unknown;
  readonly content?: unknown;
  readonly is_error?: boolean;
}

export interface Query extends AsyncIterable<SdkMessage> {
  interrupt(): Promise<void>;
  close(): Promise<void>;
  setModel(model: string): Promise<unknown>;
  setPermissionMode(mode: string): Promise<unknown>;
  setEffort(effort: string): Promise<boolean>;
  getContextUsage(details?: boolean): Promise<Record<string, unknown>>;
  getUsageInfo(range?: string): Promise<Record<string, unknown>>;
  getAvailableModels(): Promise<{ readonly models: readonly { readonly id: string }[] }>;
  supportedCommands(): Promise<{ readonly commands: readonly string[] }>;
  mcpServerStatus(): Promise<unknown>;
  getSessionId(): string;
  readonly initialized: Promise<void>;
}

export interface Sdk {
  query(request: { prompt: string | AsyncIterable<object>; options: Record<string, unknown> }): Query;
  tool(name: string, description: string, schema: object, handler: (args: Record<string, number>) => Promise<object>): object;
  createSdkMcpServer(options: { name: string; version?: string; tools: readonly object[] }): object;
}

/** Set by resources/scripts/interop.mjs: the folder with the installed packages. */
const INSTALLED = process.env['GANTRY_INTEROP_QWEN'] ?? '';

export async function loadSdk(): Promise<Sdk> {
  const entry = join(INSTALLED, `sdk-${SDK_VERSION}`, 'node_modules/@qwen-code/sdk/dist/index.mjs');
  return (await import(pathToFileURL(entry).href)) as Sdk; // the part of it that is used here is written above
}

/** The SDK's own dependency, for the schemas of tools. */
export async function loadZod(): Promise<{ number(): object }> {
  const entry = join(INSTALLED, `sdk-${SDK_VERSION}`, 'node_modules/zod/index.js');
  const { z } = (await import(pathToFileURL(entry).href)) as { z: { number(): object } };
  return z;
}

/** The SDK starts a JavaScript file with this Node. */
export function executableOf(program: ProgramName, world: World): string {
  const [, entry] = commandOf(program);
  if (program !== 'gantry') return entry;
  const file = join(world.home, 'gantry.mjs');
  writeFileSync(file, `await import(${JSON.stringify(pathToFileURL(entry).href)});\n`);
  return file;
}

interface Step {
  readonly text?: string;
  readonly tool?: string;
  readonly args?: object;
  readonly slow?: boolean;
  readonly status?: number;
}

/** A prompt with these steps: the model gives one after the other, and then says "All done." */
export const script = (...steps: readonly Step[]): string => `Follow the steps <<<${JSON.stringify(steps)}>>>`;

export function scriptedModel({ body }: SentRequest): Answer {
  const texts = body.messages.map(({ role, content }) => ({
    role,
    text: typeof content === 'string' ? content : JSON.stringify(content ?? ''),
  }));
  const at = texts.findLastIndex(({ role, text }) => role === 'user' && text.includes('<<<'));
  const whole = body.messages[at]?.content;
  const parts = typeof whole === 'string' ? [whole] : (whole ?? []).map(({ text = '' }) => text);
  const written = parts.map((text) => /<<<(.*)>>>/s.exec(text)?.[1]).find((found) => found !== undefined);
  const steps: readonly Step[] = written === undefined ? [] : JSON.parse(written);
  const done = texts.slice(at + 1).filter(({ role }) => role === 'assistant').length;
  const step = steps[done];
  if (step?.status !== undefined) return { status: step.status };
  if (step?.tool !== undefined) return { calls: [{ id: `call_${at}_${done}`, name: step.tool, input: step.args ?? {} }] };
  return { text: step?.text ?? 'All done.', ...(step?.slow === true ? { slow: { chars: 2, pauseMs: 200 } } : {}) };
}

/** What a message says, without ids, times and figures. */
export function essenceOf({ home, project }: World, message: SdkMessage): unknown {
  const shown = (text: unknown) => String(text).replaceAll(project, '<project>').replaceAll(home, '<home>');
  const child = typeof message.parent_tool_use_id === 'string' ? { ofAgent: true } : {};
  switch (message.type) {
    case 'system':
      return { system: message.subtype };
    case 'stream_event':
      return { event: message.event?.type };
    case 'result': {
      const { subtype, result, error, permission_denials: denied = [] } = message;
      return {
        result: subtype,
        text: result,
        failed: error === undefined ? undefined : true,
        denied: denied.map(({ tool_name }) => tool_name),
      };
    }
    default:
      return {
        [message.type]: (message.message?.content ?? []).map((block) => {
          if (block.type === 'tool_use') return { call: block.name };
          if (block.type === 'tool_result') return { result: shown(block.content), failed: block.is_error };
          return { [block.type]: block.text };
        }),
        ...child,
      };
  }
}

export async function collect(query: Query): Promise<SdkMessage[]> {
  const messages: SdkMessage[] = [];
  for await (const message of query) messages.push(message);
  return messages;
}
