/**
 * The rules that an approval offers to write, so that the user is not asked again. They are narrow on purpose: a rule covers
 * more than the call it comes from, and people accept what they can read at a glance. Pure.
 */
import { dirname, relative, sep } from 'node:path';
import { decideApproval, grantFor, type PolicyQuestion } from './approval-policy.ts';
import { parseRules } from './permission-rules.ts';

/** The first word of these programs says what they do; a rule covers that word with any arguments. */
const WITH_VERBS = new Set([
  'npm',
  'pnpm',
  'yarn',
  'bun',
  'cargo',
  'go',
  'git',
  'docker',
  'kubectl',
  'make',
  'dotnet',
  'gradle',
  'mvn',
  'poetry',
  'uv',
  'pip',
  'rake',
  'bundle',
  'composer',
  'just',
  'task',
  'deno',
]);
/** `npm run build`: the second word says what happens. */
const WITH_TWO_VERBS = /^(npm|pnpm|yarn|bun|deno|uv|poetry|bundle|docker) (run|exec|compose|task)$/;
/** Verbs that run their arguments as code: only the exact command is offered. */
const OPEN_VERBS =
  /^(npm|pnpm|yarn|bun) (exec|x|dlx|install|i|add|publish|config)$|^(go|deno|uv|cargo|bun|docker|poetry|bundle) (run|exec|install)$|^git (push|reset|clean|config|rebase|filter-branch|submodule)$|^docker (run|exec|cp)$|^make$|^kubectl (delete|exec|apply)$/;
const VERB = /^[a-z][a-z0-9:_-]*$/;

/**
 * Empty when no rule would help: protected files, and commands whose effect cannot be known in advance.
 * `scope`: the user's rules apply in every project, so their paths are absolute.
 */
export function offeredRules(question: PolicyQuestion, scope: 'project' | 'user'): readonly string[] {
  if (grantFor(question) === undefined) return [];
  const rules = [...new Set(rulesFor(question, scope))];
  const allow = [...question.rules.allow, ...parseRules({ allow: rules, ask: [], deny: [] }).allow];
  const answer = decideApproval({ ...question, rules: { ...question.rules, allow }, unattended: false });
  return answer.kind === 'allow' ? rules : []; // the offered rules must be enough
}

function rulesFor(question: PolicyQuestion, scope: 'project' | 'user'): readonly string[] {
  const { toolKind, toolName, touches, shell, command, urls = [], subject } = question;
  if (command !== undefined)
    return shell === undefined || shell.isOpaque
      ? []
      : shell.parts
          .filter((part) => !part.readsOnly)
          .flatMap((part) => (part.plain === undefined || commandRule(part.plain) === '' ? [] : [`Bash(${commandRule(part.plain)})`]));
  if (urls.length > 0) return urls.flatMap((url) => (URL.canParse(url) ? [`WebFetch(domain:${new URL(url).hostname})`] : []));
  if (subject !== undefined) return [`${toolName === 'skill' ? 'Skill' : 'Agent'}(${subject})`];
  const verb = toolKind === 'edit' ? 'Edit' : toolKind === 'read' || toolKind === 'search' ? 'Read' : undefined;
  if (verb === undefined) return [toolName];
  return touches
    .filter((path) => verb === 'Edit' || !path.isInside)
    .map(({ path, isInside }) => `${verb}(${pathRule(path, { ...question, isWhole: verb === 'Read' || !isInside, scope })})`);
}

/** `npm test` becomes `npm test *`; a command whose arguments are a program or a target stays as it is. */
export function commandRule(plain: string): string {
  const [program = '', verb = '', name = ''] = plain.split(' ');
  const said = `${program} ${verb}`;
  if (!WITH_VERBS.has(program) || !VERB.test(verb) || OPEN_VERBS.test(said) || OPEN_VERBS.test(program)) return literal(plain);
  if (!WITH_TWO_VERBS.test(said)) return `${said} *`;
  return VERB.test(name) ? `${said} ${name} *` : literal(plain);
}

/** A star in the command would match anything in a rule, so no rule is offered for such a command. */
function literal(plain: string): string {
  return plain.includes('*') || plain.length > 200 || plain.includes('\n') ? '' : plain;
}

function pathRule(
  path: string,
  { place, isWhole, scope }: PolicyQuestion & { readonly isWhole: boolean; readonly scope: 'project' | 'user' },
): string {
  const escaped = (text: string) =>
    text
      .split(sep)
      .join('/')
      .replace(/[*?[\]{}\\]/g, '\\$&');
  const way = relative(place.root, path);
  const isBelow = way !== '' && !way.startsWith('..');
  const target = isWhole || dirname(way) === '.' ? path : dirname(path);
  const end = target === path ? '' : '/**';
  return scope === 'project' && isBelow
    ? `/${escaped(relative(place.root, target))}${end}`
    : `/${escaped(target).replace(/^\/?/, '/')}${end}`;
}
