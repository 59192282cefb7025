/**
 * Finds broken references: a case `BT-nn`, a page or a section of the documentation, a source file. Case numbers count
 * everywhere, pages and files in comments and in Markdown. Pure: paths and texts are arguments. `docs/x.md` and `x.md` are the
 * same page. A section is cited by number (`x.md 4.2, 7.6`) or by title (`x.md, "Limits"`). Names in a file follow it in
 * brackets: `turn/run-turn.ts` (`runTurn`, `runRounds`). A file may be named by the end of its path (`task/monitor.ts`), a
 * folder from the root (`main/engine/`), and `*` matches any characters but `/`.
 */
import { dirname, join } from 'node:path/posix';

const CASES = 'docs/background-tasks.md';
const CASE = /\bBT-(\d+)\b/g;
const DEFINED_CASE = /^- \*\*BT-(\d+)\*\*/gm;
const SECTION = String.raw`(?:\d+(?:\.\d+)*|"[^"]+")`;
const SECTIONS = String.raw`,?\s+(?<sections>${SECTION}(?:(?:,| and| to)\s+${SECTION})*)`;
const NAMES = String.raw`\x60\s+\((?<names>\x60[^\x60]+\x60(?:,\s+\x60[^\x60]+\x60)*)\)`;
const FILE = new RegExp(
  String.raw`(?<![\w@~<>$*%./-])(?<name>(?:[\w.*-]+/)*[\w*-][\w.*-]*\.(?:tsx?|mjs|css|md))(?![\w/*-]|\.\w)(?:${SECTIONS}|${NAMES})?`,
  'g',
);
const FOLDER = /(?<![\w@~<>$*%./:-])((?:main|renderer|preload|e2e|bench|resources|docs)(?:\/[\w.-]+)*)\/(?![\w*])/g;
const LINK = /\]\(([^)\s#:]*)(?:#([\w-]+))?\)/g;
const COMMENT = /(?<=^|[\s{])\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/ .*$/gm;

/** Files of a user's project, and examples: names with one letter. */
const ELSEWHERE = /^\.qwen\/|(?:^|\/)(?:(?:QWEN|QWEN\.local|AGENTS|SKILL|MEMORY)\.md|\w(?:\.\w+)+)$/;

/**
 * `texts`: every tracked file by its path; files to be checked have their text, the others undefined. Returns `path:line:
 * what`.
 */
export function unresolvedReferences(texts) {
  const paths = [...texts.keys()];
  const folders = new Set(paths.flatMap((path) => parents(path)));
  const ours = paths.filter((path) => !path.startsWith('e2e/fixtures/')); // their names are those of real files
  const byName = Map.groupBy(ours, (path) => path.slice(path.lastIndexOf('/') + 1));
  const cases = new Set(Array.from((texts.get(CASES) ?? '').matchAll(DEFINED_CASE), ([, number]) => number));
  const sections = new Map();
  const sectionsOf = (page) => {
    if (!sections.has(page)) sections.set(page, headings(texts.get(page) ?? ''));
    return sections.get(page);
  };
  const find = (name, from) => {
    if (name.includes('*')) {
      const pattern = new RegExp(`(?:^|/)${name.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`);
      return paths.find((path) => pattern.test(path));
    }
    const beside = join(dirname(from), name);
    if (texts.has(beside)) return beside;
    return byName.get(name.slice(name.lastIndexOf('/') + 1))?.find((path) => path === name || path.endsWith(`/${name}`));
  };

  const problems = [];
  for (const [path, text] of texts) {
    if (text === undefined) continue;
    const report = (at, what) => problems.push(`${path}:${text.slice(0, at).split('\n').length}: ${what}`);
    for (const { 1: number, index } of text.matchAll(CASE)) if (!cases.has(number)) report(index, `no case BT-${number} in ${CASES}`);
    const said = prose(path, text);
    for (const { 1: folder, index } of said.matchAll(FOLDER)) if (!folders.has(folder)) report(index, `no folder ${folder}`);
    for (const { groups, index } of said.matchAll(FILE)) {
      const { name, sections: cited = '', names = '' } = groups;
      if (ELSEWHERE.test(name)) continue;
      const file = find(name, path);
      if (file === undefined) {
        report(index, `no file ${name}`);
        continue;
      }
      for (const [section] of cited.matchAll(new RegExp(SECTION, 'g')))
        if (!sectionsOf(file).has(section.replaceAll('"', '').replace(/\s+/g, ' '))) report(index, `no section ${section} in ${file}`);
      for (const [, wanted] of names.matchAll(/`([^`]+)`/g))
        if (!hasWord(texts.get(file), wanted)) report(index, `no ${wanted} in ${file}`);
    }
    if (!path.endsWith('.md')) continue;
    for (const { 1: target, 2: anchor, index } of text.matchAll(LINK)) {
      const file = target === '' ? path : join(dirname(path), target);
      if (!texts.has(file)) report(index, `no file ${file}`);
      else if (anchor !== undefined && !sectionsOf(file).has(`#${anchor}`)) report(index, `no section #${anchor} in ${file}`);
    }
  }
  return problems;
}

function hasWord(text = '', word) {
  return new RegExp(`(?<![\\w.#])${word.replaceAll('.', '\\.')}(?!\\w)`).test(text);
}

function parents(path) {
  return Array.from(path.matchAll(/\//g), ({ index }) => path.slice(0, index));
}

/** Numbers, titles and anchors of a page. */
function headings(text) {
  const found = new Set();
  for (const { 1: number, 2: title } of text.matchAll(/^#+ (?:(\d+(?:\.\d+)*)\.? )?(.+)$/gm)) {
    if (number !== undefined) found.add(number);
    found.add(title.replaceAll('`', ''));
    const words = `${number ?? ''} ${title}`.trim().toLowerCase();
    found.add(`#${words.replace(/[^\w\s-]/g, '').replaceAll(' ', '-')}`);
  }
  return found;
}

/**
 * The text with everything but prose blanked, so that offsets stay: comments of code without the stars of their lines, Markdown
 * unchanged.
 */
function prose(path, text) {
  if (path.endsWith('.md')) return text;
  let result = '';
  for (const { 0: comment, index } of text.matchAll(COMMENT))
    result += ' '.repeat(index - result.length) + comment.replace(/^\s*(?:\*\/?|\/\/)/gm, (star) => ' '.repeat(star.length));
  return result;
}
