/** The fields that hooks receive for calls and memory files. Pure. Source: docs/formats.md 7.7, and the fields of 0.24. */
import { join, relative } from 'node:path';
import type { HookCall } from '../../hook/index.ts';
import type { MemoryFile } from '../../memory/index.ts';
import type { EndedCall } from '../../turn/index.ts';

export function toBatchCall({ call, result }: EndedCall) {
  return {
    tool_name: call.name,
    tool_input: call.input,
    tool_use_id: call.id,
    tool_call_id: call.id,
    status: result.isError ? 'error' : 'success',
    tool_response: result.isError ? { error: result.text } : { output: result.text },
  };
}

export interface LoadContext {
  readonly reason: 'session_start' | 'refresh';
  readonly root: string;
  readonly qwenHome: string;
}

/** One call for each file and one for each file it imports, in the order they were read. */
export function loadedCalls(files: readonly MemoryFile[], { reason, root, qwenHome }: LoadContext): readonly HookCall[] {
  return files.flatMap(({ path, imports }) => {
    const local = join(root, '.qwen', 'QWEN.local.md');
    const memory_type = !relative(qwenHome, path).startsWith('..') ? 'user' : path === local ? 'local' : 'project';
    const toCall = (file_path: string, more: Readonly<Record<string, string>>): HookCall => ({
      event: 'InstructionsLoaded',
      subject: file_path,
      fields: { file_path, memory_type, ...more },
    });
    const included = imports.map((one) =>
      toCall(one.path, { load_reason: 'include', trigger_file_path: path, parent_file_path: one.parent }),
    );
    return [toCall(path, { load_reason: reason }), ...included];
  });
}
