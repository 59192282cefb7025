/** jq: the filter must be literal and must not read anything but its input. Pure. Source: the manual of jq 1.6 and 1.7. */
import { findVariable, type Judge, quoted, refuse, refuseWithoutWall, toFile, type Token } from './judgement.ts';

const LETTERS = /^-[rcnesSMCaj]+$/;
const FLAGS =
  /^--(raw-output|raw-output0|compact-output|null-input|exit-status|slurp|sort-keys|monochrome-output|color-output|ascii-output|join-output|raw-input|tab|stream|seq)$/;
/** Modules, the environment, and what names other files. */
const HARM = /\b(import|include|env|ENV|modulemeta|get_search_list|input_filename|\$__prog\w*)\b/;
/** Paths, pipes and names. */
const PLAIN = /^[\w\s.|,[\]"?:-]*$/;

export const judgeJq: Judge = (words, { hasWall }) => {
  const variable = findVariable(words);
  if (variable !== undefined) return variable;
  const rest = words.slice(1);
  const options: string[] = [];
  const operands: (typeof words)[number][] = [];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const { text } = word;
    if (LETTERS.test(text) || text === '-R' || FLAGS.test(text)) options.push(text);
    else if (text === '--indent' || text === '--arg' || text === '--argjson') {
      const values = rest.splice(0, text === '--indent' ? 1 : 2);
      const [first] = values;
      if (first === undefined || values.some((value) => value.text.startsWith('-'))) return refuse('jq needs values here', word);
      if (text === '--indent' ? !/^\d$/.test(first.text) : !/^[a-z_]\w*$/i.test(first.text)) return refuse('jq needs values here', word);
      options.push(text, ...values.map((value) => value.text));
    } else if (text.startsWith('-') && text !== '-') return refuse('jq with this option can read other files', word);
    else operands.push(word);
  }
  const [filter, ...files] = operands;
  if (filter === undefined) return refuse('jq without a filter');
  if (filter.isMatched) return refuse('the filter comes from the names of files', filter);
  if (HARM.test(filter.text)) return refuse('jq can show the environment or read another file here', filter);
  if (!hasWall && !PLAIN.test(filter.text)) return refuseWithoutWall('a jq filter with variables, formats or functions of values', filter);
  const tokens: Token[] = [{ program: 'jq' }, ...[...options, filter.text, ...files.map(({ text }) => text)].map(quoted)];
  return { ok: true, tokens, files: files.map(({ text }) => toFile(text, 'read')) };
};
