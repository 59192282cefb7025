/**
 * Decides whether a call runs, asks or is refused. Pure.
 * Order: deny rules; what the mode forbids; yolo, unless an ask rule matches; protected files ask; grants of this session;
 * ask rules; allow rules; paths outside the workspace ask; commands that only read; the mode.
 * An unattended run refuses every call that would ask. Source: docs/approvals.md, docs/formats.md 6.
 */
import { defined, type ApprovalCause, type ApprovalMode, type ToolKind } from '../../../preload/contract/index.ts';
import { assertNever } from '../lib/assert-never.ts';
import { describeCause } from './approval-cause.ts';
import type { RulePlace } from './permission-rule.ts';
import { findRule, findRuleBelow, type PermissionRules, type ToolUse } from './permission-rules.ts';
import type { PathFacts } from './protected-paths.ts';
import type { RunPlan } from './shell/run/plan-run.ts';
import type { ShellFacts, TouchFacts } from './shell/shell-facts.ts';

export interface PolicyQuestion {
  readonly mode: ApprovalMode;
  readonly toolName: string;
  readonly toolKind: ToolKind;
  readonly touches: readonly PathFacts[];
  /** The exact command of a shell call. */
  readonly command?: string;
  readonly cwd?: PathFacts;
  /** What the command would do. Without it the command is not known to be read-only. */
  readonly shell?: ShellFacts;
  readonly urls?: readonly string[];
  /** The user's settings trust this tool, so it needs no approval; plan mode still asks. */
  readonly isTrusted?: boolean;
  /** The name of an agent or a skill. */
  readonly subject?: string;
  readonly grants: ReadonlySet<string>;
  readonly unattended: boolean;
  readonly rules: PermissionRules;
  readonly place: RulePlace;
}

/**
 * `run`: what runs in place of the command, because parts of it run for no other reason than that they only read.
 * `reason` is for people and, in a refusal, for the model; `cause` says the same as data. `byPlan`: plan mode refuses the call.
 */
export type PolicyAnswer =
  | { readonly kind: 'allow'; readonly run?: RunPlan }
  | { readonly kind: 'ask'; readonly reason: string; readonly cause?: ApprovalCause }
  | { readonly kind: 'deny'; readonly reason: string; readonly byPlan?: boolean };

const ALLOW: PolicyAnswer = { kind: 'allow' };
const askSaying = (reason: string): PolicyAnswer => ({ kind: 'ask', reason });
const ask = (cause: ApprovalCause): PolicyAnswer => ({ kind: 'ask', reason: describeCause(cause), cause });
const deny = (reason: string) => ({ kind: 'deny', reason }) as const;

export function decideApproval(question: PolicyQuestion): PolicyAnswer {
  const answer = decideAttended(question);
  if (answer.kind !== 'ask' || !question.unattended) return answer;
  return deny(`${answer.reason}, and this run is unattended. Use --approval-mode or --allowed-tools to permit it.`);
}

function decideAttended(question: PolicyQuestion): PolicyAnswer {
  const { mode, toolKind, rules, place, shell, command } = question;
  if (command?.includes('\0') === true) return deny('The command contains a NUL character, after which nothing would run');
  const uses = toUses(question);
  const denied = firstRule(rules.deny, uses, place) ?? undefined;
  if (denied !== undefined) return deny(`Your rule ${denied} refuses this`);
  const extra = shell?.parts.find((part) => isLeftOut(part, question));
  if (extra !== undefined) return deny(`The settings (tools.core) have no command ${extra.text}`);
  const isChange = toolKind === 'edit' || (toolKind === 'shell' && shell?.readsOnly !== true);
  if (mode === 'plan' && isChange)
    return {
      ...deny(`Plan mode only reads: ${toolKind === 'shell' ? 'commands that can do more do not run' : 'files are not changed'}`),
      byPlan: true,
    };
  const asking = firstRule(rules.ask, uses, place) ?? belowRule([...rules.deny, ...rules.ask], uses, place);
  if (mode === 'yolo') return asking === undefined ? ALLOW : ask({ code: 'rule', rule: asking });
  const guarded = guardedPath(question);
  if (guarded !== undefined) return ask({ code: 'protected', path: guarded });
  if (grantKeys(question).some((key) => question.grants.has(key))) return ALLOW;
  if (asking !== undefined) return ask({ code: 'rule', rule: asking });
  if (question.isTrusted === true && mode !== 'plan') return ALLOW;
  const allowed = allowedByRules(question, uses);
  if (allowed !== undefined) return allowed;
  const outside = outsidePath(question);
  if (outside !== undefined) return ask({ code: 'outside', path: outside });
  return shell?.readsOnly === true && shell.run !== undefined ? { kind: 'allow', run: shell.run } : byKind(question);
}

function byKind({ mode, toolKind, toolName, shell }: PolicyQuestion): PolicyAnswer {
  switch (toolKind) {
    case 'read':
    case 'search':
    case 'task':
    case 'plan':
      return ALLOW;
    case 'edit':
      return mode === 'auto-edit' ? ALLOW : ask({ code: 'edits' });
    case 'shell':
      return shell?.why === undefined ? ask({ code: 'commands' }) : askSaying(sentence(shell.why));
    case 'other':
      return ask({ code: 'tool', tool: toolName });
    default:
      return assertNever(toolKind);
  }
}

const READ_NAMES: Readonly<Record<TouchFacts['kind'], readonly string[]>> = {
  list: ['list_directory'],
  read: ['read_file'],
  write: ['edit', 'write_file'],
  mention: [],
};

/**
 * Everything that the call uses, in the form that rules name: the command, and its files and hosts as if a tool had accessed
 * them.
 */
function toUses({ toolName, toolKind, touches, shell, urls = [], subject, command }: PolicyQuestion): readonly ToolUse[] {
  const names = command === undefined ? [toolName] : [...new Set([toolName, 'run_shell_command'])];
  const own: ToolUse = {
    toolNames: names,
    ...(toolKind === 'shell' || touches.length === 0 ? {} : { paths: touches.flatMap(getNames) }),
    ...defined({ name: subject }),
  };
  const commands =
    shell?.parts.map((part): ToolUse => ({ toolNames: names, commands: part.canonicalForms })) ??
    (command === undefined ? [] : [{ toolNames: names, commands: [command] }]);
  const files = (shell?.parts ?? [])
    .flatMap((part) => part.touches)
    .map((touch): ToolUse => ({ toolNames: READ_NAMES[touch.kind], paths: getNames(touch.facts), isRecursive: touch.recursive }));
  const pages = [...urls, ...(shell?.parts ?? []).flatMap((part) => part.urls)].map((url): ToolUse => ({ toolNames: ['web_fetch'], url }));
  return [own, ...commands, ...files, ...pages];
}

function getNames({ path, calledBy }: PathFacts): readonly string[] {
  return calledBy === undefined ? [path] : [path, calledBy];
}

function firstRule(rules: PermissionRules['deny'], uses: readonly ToolUse[], place: RulePlace): string | undefined {
  for (const use of uses) {
    const rule = findRule(rules, use, place);
    if (rule !== undefined) return rule.text;
  }
  return undefined;
}

function belowRule(rules: PermissionRules['deny'], uses: readonly ToolUse[], place: RulePlace): string | undefined {
  return uses.map((use) => findRuleBelow(rules, use, place)).find((rule) => rule !== undefined)?.text;
}

type Part = ShellFacts['parts'][number];

function isLeftOut(part: Part, { rules, place }: PolicyQuestion): boolean {
  const { onlyCommands } = rules;
  if (onlyCommands === undefined || part.canonicalForms.length === 0) return false;
  return (
    part.plain === undefined || findRule(onlyCommands, { toolNames: ['run_shell_command'], commands: [part.plain] }, place) === undefined
  );
}

function allowedByRules(question: PolicyQuestion, uses: readonly ToolUse[]): PolicyAnswer | undefined {
  const { rules, toolKind, toolName, shell, command } = question;
  const whole = (name: string) => rules.allow.some((rule) => rule.specifier === undefined && rule.names(name));
  if (whole(toolName) || (command !== undefined && whole('run_shell_command'))) return ALLOW;
  if (toolKind !== 'shell' && command === undefined) return isCallAllowed(question, uses) ? ALLOW : undefined;
  if (shell === undefined || shell.isOpaque || !shell.parts.every((part) => isPartAllowed(part, question))) return undefined;
  if (shell.parts.every((part) => part.isList === true || isNamed(part, question))) return ALLOW;
  return shell.run === undefined ? undefined : { kind: 'allow', run: shell.run };
}

function isCallAllowed({ rules, place, toolName, touches, urls = [] }: PolicyQuestion, uses: readonly ToolUse[]): boolean {
  // The target of a link counts: a name inside the workspace may lead to a file outside.
  if (touches.length > 0)
    return touches.every(({ path }) => findRule(rules.allow, { toolNames: [toolName], paths: [path] }, place) !== undefined);
  if (urls.length > 0) return urls.every((url) => findRule(rules.allow, { toolNames: [toolName, 'web_fetch'], url }, place) !== undefined);
  const [own] = uses;
  return own !== undefined && findRule(rules.allow, own, place) !== undefined;
}

/**
 * A read-only part needs its files to be readable. Any other part needs a rule about it, and one about each file that its
 * redirections write.
 */
function isPartAllowed(part: Part, question: PolicyQuestion): boolean {
  const { rules, place } = question;
  const allows = (touch: TouchFacts) =>
    findRule(rules.allow, { toolNames: READ_NAMES[touch.kind], paths: [touch.facts.path] }, place) !== undefined;
  const areReadable = part.touches.every((touch) => touch.facts.isInside || (!touch.recursive && allows(touch)));
  if (!isNamed(part, question)) return (part.readsOnly || part.isList === true) && areReadable;
  return !part.redirects || part.touches.filter(({ kind }) => kind === 'write').every(allows);
}

function isNamed({ plain }: Part, { rules, place }: PolicyQuestion): boolean {
  return plain !== undefined && findRule(rules.allow, { toolNames: ['run_shell_command'], commands: [plain] }, place) !== undefined;
}

function guardedPath({ touches, toolKind, shell }: PolicyQuestion): string | undefined {
  const isChange = toolKind === 'edit' || toolKind === 'shell';
  const direct = touches.find((path) => path.protection === 'secret' || (isChange && path.protection === 'guarded'));
  if (direct !== undefined) return direct.path;
  for (const { facts, kind, hides } of (shell?.parts ?? []).flatMap((part) => part.touches)) {
    if (kind === 'list') continue;
    if (facts.protection === 'secret' || (facts.protection === 'guarded' && kind !== 'read')) return facts.path;
    if (hides !== undefined) return hides;
  }
  return undefined;
}

function outsidePath({ touches, cwd, shell }: PolicyQuestion): string | undefined {
  const used = (shell?.parts ?? []).flatMap((part) => part.touches).filter(({ kind }) => kind !== 'mention');
  return [...touches, ...(cwd === undefined ? [] : [cwd]), ...used.map(({ facts }) => facts)].find((path) => !path.isInside)?.path;
}

/** The grant that "for this session" stores; undefined when only "once" is possible (protected files). */
export function grantFor(question: PolicyQuestion): string | undefined {
  if (question.touches.some((path) => path.protection !== 'none') || guardedPath(question) !== undefined) return undefined;
  return grantKeys(question)[0];
}

/**
 * Command: this exact command in this exact folder. Changes: all of this kind inside the workspace. Paths outside: these
 * exact paths. Anything else: the tool.
 */
function grantKeys({ toolKind, toolName, command, cwd, touches }: PolicyQuestion): readonly string[] {
  if (command !== undefined) return [JSON.stringify(['command', command, cwd?.path ?? ''])];
  const outside = touches.filter((path) => !path.isInside).map((path) => path.path);
  if (outside.length > 0) return [JSON.stringify(['paths', toolKind, ...outside])];
  return [JSON.stringify(toolKind === 'edit' ? ['kind', toolKind] : ['tool', toolName])];
}

function sentence(clause: string): string {
  return clause.charAt(0).toUpperCase() + clause.slice(1);
}
