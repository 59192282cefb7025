/**
 * Tests a regular expression from outside on lines of output without letting it block the app.
 * A JavaScript expression can run forever on a short line, so it runs where V8 can stop it after a time limit.
 */
import { type Context, createContext, Script } from 'node:vm';

/** Unit: ms. A normal pattern needs well under 1 ms for one batch of lines. */
const MATCH_MS = 50;
/** On a busy machine, a normal pattern may exceed the limit now and then. */
const MAX_LATE = 3;
/** The limit is wall-clock time. If the process did not run for half of it, the pattern gets another try. */
const MAX_TRIES = 20;

export interface LinePattern {
  /** Returns the matching lines. `undefined`: it took too long, and the lines were not tested. */
  filter(lines: readonly string[]): readonly string[] | undefined;
  /** It exceeded the limit too often in a row to be tried again. */
  readonly isTooSlow: boolean;
}

/** Returns the problem of the pattern, or undefined. */
export function patternProblem(source: string): string | undefined {
  try {
    void new RegExp(source, 'u');
    return undefined;
  } catch {
    // More patterns are valid without the flag: `\-` or a lone brace.
  }
  try {
    void new RegExp(source);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Errors: throws for an invalid pattern; check it with `patternProblem` first. */
export function createLinePattern(source: string): LinePattern {
  const context = createContext({ source, lines: '[]', found: '[]' }, { codeGeneration: { strings: false, wasm: false } });
  new Script("let pattern; try { pattern = new RegExp(source, 'u') } catch { pattern = new RegExp(source) }").runInContext(context);
  const matchScript = new Script('found = JSON.stringify(JSON.parse(lines).map((line) => pattern.test(line)))');
  let lateCount = 0;
  return {
    filter(lines) {
      context['lines'] = JSON.stringify(lines);
      if (!runWithLimit(matchScript, context)) {
        lateCount += 1;
        return undefined;
      }
      lateCount = 0;
      const found: unknown = JSON.parse(String(context['found']));
      return Array.isArray(found) ? lines.filter((_line, i) => found[i] === true) : [];
    },
    get isTooSlow() {
      return lateCount >= MAX_LATE;
    },
  };
}

/** False: it took too long. */
function runWithLimit(script: Script, context: Context): boolean {
  for (let tries = 1; ; tries += 1) {
    const before = process.cpuUsage();
    try {
      script.runInContext(context, { timeout: MATCH_MS });
      return true;
    } catch {
      const { user, system } = process.cpuUsage(before);
      if (user + system > (MATCH_MS * 1000) / 2 || tries === MAX_TRIES) return false;
    }
  }
}
