/** `npm ls` and questions for a version, in exact forms. Pure. Source: npm-ls(1). */
import type { FinalWord } from '../words/resolve-words.ts';
import { type Judge, type Judgement, quoted, refuse } from './judgement.ts';

const LISTS = new Set(['ls', 'list']);
const FLAG = /^(-a|-l|--all|--long|--json|--parseable|--production|--prod|--depth=\d{1,2}|--omit=(dev|optional|peer)|--package-lock-only)$/;
const PACKAGE = /^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*(@[\w.^~<>=-]+)?$/i;

export const judgeNpm: Judge = (words) => {
  const [, command, ...rest] = words;
  if (command === undefined || !LISTS.has(command.text)) return refuse('“npm” is not one of the commands that only read', words[0]);
  const odd = rest.find(
    (word, at) =>
      word.hasVariable ||
      !(FLAG.test(word.text) || PACKAGE.test(word.text) || (/^--depth$/.test(word.text) && /^\d{1,2}$/.test(rest[at + 1]?.text ?? ''))),
  );
  if (odd !== undefined) return refuse('npm ls with this word can do more than list', odd);
  return { ok: true, uses: 'npm', tokens: [{ program: 'npm' }, ...[command, ...rest].map(({ text }) => quoted(text))], files: [] };
};

/**
 * Programs that may be asked for their version; not those that may fetch another version of themselves to answer (go, cargo,
 * yarn, rustc).
 */
const VERSION_QUESTIONS = new Set([
  ...['node', 'npm', 'python', 'python3', 'git', 'gcc', 'clang', 'make', 'bash', 'jq', 'rg'].map((name) => `${name} --version`),
  ...['node -v', 'npm -v', 'python -V', 'python3 -V'],
]);

export function judgeVersion(words: readonly FinalWord[]): Judgement | undefined {
  const [name, question, ...more] = words;
  if (name === undefined || question === undefined || more.length > 0 || !VERSION_QUESTIONS.has(`${name.text} ${question.text}`))
    return undefined;
  return { ok: true, tokens: [{ program: name.text }, quoted(question.text)], files: [], ...(name.text === 'npm' ? { uses: 'npm' } : {}) };
}
