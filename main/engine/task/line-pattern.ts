/**
 * A regular expression somebody else wrote, tried on lines of output without being able to hang the app.
 * JavaScript's expressions can take for ever on a short line, so they run where V8 ends them after a time.
 */
import { type Context, createContext, Script } from 'node:vm';

/** Unit: ms. A harmless pattern takes well under one for everything that arrives at once. */
const MATCH_MS = 50;
/** A busy machine may be late once. */
const MAX_LATE = 3;
/** The limit is of the clock: where the process did not even run for half of it, the pattern has not had its time yet. */
const MAX_TRIES = 20;

export interface LinePattern {
  /** The lines it is found in. `undefined`: it took too long, the lines were not judged. */
  filter(lines: readonly string[]): readonly string[] | undefined;
  /** It was late so often in a row that it is not worth another try. */
  readonly isHopeless: boolean;
}

/** Returns what is wrong with it, or undefined. */
export function patternProblem(source: string): string | undefined {
  try {
    void new RegExp(source, 'u');
    return undefined;
  } catch {
    // Without the flag many more are valid: `\-` or a lone brace.
  }
  try {
    void new RegExp(source);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Errors: a source that is not valid throws; ask `patternProblem` first. */
export function createLinePattern(source: string): LinePattern {
  const context = createContext({ source, lines: '[]', found: '[]' }, { codeGeneration: { strings: false, wasm: false } });
  new Script("let pattern; try { pattern = new RegExp(source, 'u') } catch { pattern = new RegExp(source) }").runInContext(context);
  const judge = new Script('found = JSON.stringify(JSON.parse(lines).map((line) => pattern.test(line)))');
  let late = 0;
  return {
    filter(lines) {
      context['lines'] = JSON.stringify(lines);
      if (!runs(judge, context)) {
        late += 1;
        return undefined;
      }
      late = 0;
      const found: unknown = JSON.parse(String(context['found']));
      return Array.isArray(found) ? lines.filter((_line, i) => found[i] === true) : [];
    },
    get isHopeless() {
      return late >= MAX_LATE;
    },
  };
}

/** False: it took too long. */
function runs(script: Script, context: Context): boolean {
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
