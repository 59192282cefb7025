/** Runs the hooks of an event and joins their answers. A failing hook is logged and stops nothing. */
import { encodeJson } from '../lib/encode-json.ts';
import type { Logger, ProcessGroups } from '../ports.ts';
import { type HookAnswer, type HookEnd, joinAnswers, NO_ANSWER, readAnswer } from './hook-answer.ts';
import { type Hook, type HookEvent, planHooks } from './hook-config.ts';
import { hookShell } from './hook-shell.ts';
import { runCommand } from './run-command.ts';
import { runHttp } from './run-http.ts';

/** What all events of a session have in common, read each time. */
export interface HookPlace {
  /** By event, as in the settings. */
  readonly lists: () => Promise<{ readonly hooks: Readonly<Record<string, readonly unknown[]>>; readonly allowsPrivateHooks: boolean }>;
  readonly root: string;
  readonly sessionId: string;
  readonly transcriptPath: string;
  readonly mode: () => string;
  /** Free of keys (BT-32). */
  readonly childEnv: () => Promise<Readonly<Record<string, string>>>;
  /** Asks the session's model, without tools. */
  readonly ask: (prompt: string, signal: AbortSignal) => Promise<string>;
  /** A hook with a status message has started; call the returned function at its end. */
  readonly reportRunning: (statusMessage: string) => () => void;
  /** Replaces known keys in what a hook prints; absent: there are none. */
  readonly hideKeys?: (text: string) => string;
  readonly nowMs: () => number;
  /** Where running hooks are registered, so that none outlives the app. */
  readonly groups: () => Pick<ProcessGroups, 'add' | 'remove'>;
  readonly logger: Logger;
}

export interface HookCall {
  readonly event: HookEvent;
  /** The text for the matchers; absent: all match. */
  readonly subject?: string;
  /** The fields of the event. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Events whose hooks may print plain text for the model. */
const READS_TEXT: readonly HookEvent[] = ['UserPromptSubmit', 'SessionStart'];

/** A longer event is not sent to a model: no context window holds it. Unit: bytes. */
const MAX_ASKED_BYTES = 8 * 1024 * 1024;

/** Never rejects. `async` hooks are started and not awaited. */
export async function runHooks(place: HookPlace, call: HookCall, signal: AbortSignal): Promise<HookAnswer> {
  try {
    const { hooks: lists, allowsPrivateHooks } = await place.lists();
    const { hooks, isSequential } = planHooks(lists, call.event, call.subject);
    if (hooks.length === 0) return NO_ANSWER;
    const env = await place.childEnv();
    const run = async (hook: Hook, fields: HookCall['fields']) => {
      const over = hook.statusMessage === undefined ? undefined : place.reportRunning(hook.statusMessage);
      return await runOne({ hook, env, allowsPrivateHooks, call: { ...call, fields } }, place, signal).finally(() => over?.());
    };
    if (!isSequential) return logProblem(place, call, joinAnswers(await Promise.all(hooks.map((hook) => run(hook, call.fields)))));
    const answers: HookAnswer[] = [];
    let { fields } = call;
    for (const hook of hooks) {
      const answer = await run(hook, fields);
      answers.push(answer);
      if (answer.updatedInput !== undefined) fields = { ...fields, tool_input: answer.updatedInput };
      if (answer.block !== undefined || answer.stop !== undefined || signal.aborted) break;
    }
    return logProblem(place, call, joinAnswers(answers));
  } catch (error) {
    place.logger.error('Hooks failed unexpectedly', { event: call.event, error: error instanceof Error ? error.stack : String(error) });
    return NO_ANSWER;
  }
}

interface OneHook {
  readonly hook: Hook;
  readonly env: Readonly<Record<string, string>>;
  readonly allowsPrivateHooks: boolean;
  readonly call: HookCall;
}

async function runOne({ hook, env, allowsPrivateHooks, call }: OneHook, place: HookPlace, signal: AbortSignal): Promise<HookAnswer> {
  const { root } = place;
  const input = await encodeJson({
    session_id: place.sessionId,
    transcript_path: place.transcriptPath,
    cwd: root,
    permission_mode: place.mode(),
    hook_event_name: call.event,
    timestamp: new Date(place.nowMs()).toISOString(),
    ...call.fields,
  });
  const { timeoutMs } = hook;
  const reading = { readsText: READS_TEXT.includes(call.event) };
  if (hook.type === 'http') {
    const request = { url: hook.url, headers: hook.headers ?? {}, input, timeoutMs, allowsPrivate: allowsPrivateHooks };
    return readAnswer(await runHttp(request, signal), reading);
  }
  if (hook.type === 'prompt') return await askModel(hook.prompt, input, place, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  const own = { QWEN_CODE: '1', QWEN_PROJECT_DIR: root, CLAUDE_PROJECT_DIR: root, GEMINI_PROJECT_DIR: root };
  const hookEnv = { ...env, ...hook.env, ...own };
  const shell = await hookShell(hook.shell, hookEnv);
  const request = { command: hook.command, cwd: root, env: hookEnv, input, timeoutMs, shell, groups: place.groups() };
  const running = runCommand(request, signal).then((end) => withoutKeys(end, place));
  if (hook.async === true) {
    void running.then((end) => logProblem(place, call, readAnswer(end, reading)));
    return NO_ANSWER;
  }
  return readAnswer(await running, reading);
}

function withoutKeys(end: HookEnd, { hideKeys = (text) => text }: HookPlace): HookEnd {
  return end.kind === 'ended' ? { ...end, stdout: hideKeys(end.stdout), stderr: hideKeys(end.stderr) } : end;
}

/** The model decides: `{ "ok": false, "reason": … }` blocks. */
async function askModel(prompt: string, pieces: readonly Buffer[], place: HookPlace, signal: AbortSignal): Promise<HookAnswer> {
  const byteCount = pieces.reduce((sum, { length }) => sum + length, 0);
  if (byteCount > MAX_ASKED_BYTES) {
    const problem = `The model was not asked: the event is ${Math.round(byteCount / 1e6)} MB long, and the limit is ${Math.round(MAX_ASKED_BYTES / 1e6)} MB.`;
    return { ...NO_ANSWER, problem };
  }
  const input = Buffer.concat(pieces).toString();
  const text = prompt.includes('$ARGUMENTS') ? prompt.replaceAll('$ARGUMENTS', () => input) : `${prompt}\n\n${input}`;
  const wanted = 'Answer only with JSON: {"ok": true}, or {"ok": false, "reason": "…"} if it must not continue.';
  try {
    const answer = await place.ask(`${text}\n\n${wanted}`, signal);
    const found: unknown = JSON.parse(/\{[\s\S]*\}/.exec(answer)?.[0] ?? '');
    if (typeof found !== 'object' || found === null || !('ok' in found)) return { ...NO_ANSWER, problem: 'The model gave no verdict.' };
    const reason = 'reason' in found && typeof found.reason === 'string' ? found.reason : 'A hook refused this.';
    return found.ok === false ? { ...NO_ANSWER, block: reason } : NO_ANSWER;
  } catch (error) {
    return { ...NO_ANSWER, problem: `The model could not be asked: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function logProblem(place: HookPlace, { event }: HookCall, answer: HookAnswer): HookAnswer {
  if (answer.problem !== undefined) place.logger.warn('A hook failed', { event, problem: answer.problem });
  return answer;
}
