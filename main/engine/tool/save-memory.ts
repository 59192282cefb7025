import { join } from 'node:path';
import { z } from 'zod';
import { failure } from './define-tool.ts';
import { diffDisplay } from './file/file-diff.ts';
import { shownPath, touchedPaths } from './paths.ts';
import { decodeFile, encodeText, mainNewline, PLAIN_UTF8, withNewlines } from './file/text-format.ts';
import type { Tool, ToolContext } from './tool.ts';

const Input = z.object({
  fact: z.string().min(1).max(2000).describe('One sentence that will still be true in a month'),
  scope: z.enum(['global', 'project']).optional().describe('global (default): for all projects'),
});
type Input = z.infer<typeof Input>;

/** The heading Qwen Code uses, so that both add to one list. */
const HEADING = '## Qwen Added Memories';
const MAX_MEMORY_BYTES = 1024 * 1024;

/** Adds a fact to a memory file. The next session reads it; the system prompt of this session stays unchanged. */
export const saveMemoryTool: Tool<Input> = {
  name: 'save_memory',
  description: 'Remember a fact for later sessions, when the user asks for it or states a lasting preference. Never secrets.',
  kind: 'edit',
  deferred: true,
  input: Input,
  isReadOnly: false,
  describe: (input) => ({ verb: 'remember', target: oneLine(input.fact) }),

  async preview(input, context) {
    const plan = await planMemory(input, context);
    if (!plan.ok) return { ok: false, refusal: plan.why };
    const display = await diffDisplay({ path: plan.shown, before: plan.before, after: plan.after });
    return { ok: true, action: { code: 'remember', path: plan.shown }, display, touches: await touchedPaths(plan.path, context) };
  },

  async execute(input, context, signal) {
    const plan = await planMemory(input, context);
    if (!plan.ok) return failure(plan.why);
    if (signal.aborted) return failure('Cancelled; nothing was remembered.');
    await context.changes.before(plan.path);
    await context.fs.writeBytes(plan.path, plan.bytes);
    await context.changes.wrote(plan.path, plan.bytes);
    const display = await diffDisplay({ path: plan.shown, before: plan.before, after: plan.after });
    return {
      text: `Saved in ${plan.path}; sessions that begin from now on read it.`,
      display,
      isError: false,
      summary: `Remembered in ${plan.shown}`,
    };
  },
};

type MemoryPlan =
  | {
      readonly ok: true;
      readonly path: string;
      readonly shown: string;
      readonly before: string | undefined;
      readonly after: string;
      readonly bytes: Uint8Array;
    }
  | { readonly ok: false; readonly why: string };

async function planMemory({ fact, scope = 'global' }: Input, context: ToolContext): Promise<MemoryPlan> {
  const { globalFolder, fileName } = await context.memory();
  const path = await context.fs.realPath(join(scope === 'global' ? globalFolder : context.root, fileName));
  const shown = shownPath(path, context);
  const stat = await context.fs.stat(path);
  if (stat === undefined) {
    const after = addFact('', fact);
    return { ok: true, path, shown, before: undefined, after, bytes: Buffer.from(after) };
  }
  if (!stat.isFile) return { ok: false, why: `${shown} is not a file.` };
  if (stat.sizeBytes > MAX_MEMORY_BYTES) return { ok: false, why: `${shown} has grown too large to add to.` };
  const decoded = await decodeFile(await context.fs.readBytes(path, MAX_MEMORY_BYTES), { isComplete: true });
  if (decoded.kind === 'binary') return { ok: false, why: `${shown} is ${decoded.fileKind.name}, not text.` };
  const after = withNewlines(addFact(withNewlines(decoded.text, '\n'), fact), mainNewline(decoded.text));
  const encoded = await encodeText(after, decoded.format ?? PLAIN_UTF8);
  if (!encoded.ok) return { ok: false, why: `${shown} is encoded as ${decoded.format.encoding}, which cannot hold "${encoded.lost}".` };
  return { ok: true, path, shown, before: decoded.text, after, bytes: encoded.bytes };
}

/** At the end of the list below the heading; a missing heading is added. */
export function addFact(text: string, fact: string): string {
  const entry = `- ${oneLine(fact).replace(/^[-*]\s+/, '')}`;
  const lines = text.replace(/\n+$/, '').split('\n');
  const at = lines.findIndex((line) => line.trim() === HEADING);
  if (at === -1) return `${[...(text.trim() === '' ? [] : [...lines, '']), HEADING, entry].join('\n')}\n`;
  const next = lines.findIndex((line, index) => index > at && /^#{1,2}\s/.test(line));
  let end = next === -1 ? lines.length : next;
  while (end > at + 1 && lines[end - 1]?.trim() === '') end -= 1;
  return `${[...lines.slice(0, end), entry, ...lines.slice(end)].join('\n')}\n`;
}

/** A line break in a fact could create a heading, or an import of another file. */
function oneLine(fact: string): string {
  return fact.replace(/\s+/g, ' ').trim();
}
