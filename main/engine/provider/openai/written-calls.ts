/**
 * Parses calls that a model writes into its text because its server does not know the model's call format. Pure. Only a call that
 * names an offered tool counts: everything else stays text. Formats: JSON `{"name", "arguments" | "parameters"}`, as Hermes, Qwen
 * and Llama models write it, and `<function=name><parameter=key>value</parameter></function>` of Qwen3-Coder.
 */
import { z } from 'zod';
import type { ToolSchema } from '../provider.ts';
import { readArguments } from '../tool-calls.ts';

export type OfferedTool = Pick<ToolSchema, 'name' | 'parameters'>;

export interface WrittenCall {
  readonly name: string;
  readonly argumentsText: string;
}

const object = z.record(z.string(), z.unknown());
const JsonCall = z.object({ name: z.string().min(1), arguments: object.optional(), parameters: object.optional() });
const Properties = z.object({ properties: z.record(z.string(), z.object({ type: z.unknown() }).catch({ type: undefined })) });

export function readWrittenCall(body: string, offered: readonly OfferedTool[]): WrittenCall | undefined {
  return readFunctionTag(body, offered) ?? readJson(body, offered);
}

function readJson(body: string, offered: readonly OfferedTool[]): WrittenCall | undefined {
  const plain = body.trim().replace(/^```(?:json)?\s*|\s*```$/g, '');
  const call = JsonCall.safeParse(readArguments(plain));
  if (!call.success || !offered.some((tool) => tool.name === call.data.name)) return undefined;
  return { name: call.data.name, argumentsText: JSON.stringify(call.data.arguments ?? call.data.parameters ?? {}) };
}

function readFunctionTag(body: string, offered: readonly OfferedTool[]): WrittenCall | undefined {
  const found = /^\s*<function=([^>\s]+)>([\s\S]*?)(?:<\/function>\s*)?$/.exec(body);
  const tool = offered.find(({ name }) => name === found?.[1]);
  if (found === null || tool === undefined) return undefined;
  const types = Properties.safeParse(tool.parameters).data?.properties ?? {};
  const given = [...(found[2] ?? '').matchAll(/<parameter=([^>\s]+)>\n?([\s\S]*?)\n?<\/parameter>/g)];
  const input = Object.fromEntries(given.map(([, key = '', value = '']) => [key, readValue(value, types[key]?.type)]));
  return { name: tool.name, argumentsText: JSON.stringify(input) };
}

/** The tags contain text; the tool's schema says which values have another type. */
function readValue(text: string, type: unknown): unknown {
  if (type === undefined || type === 'string') return text;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text; // the tool's own validation reports the expected type to the model
  }
}
