/** The answers of slash commands, as Markdown. */
import { type CommandAnswer, type ContextUsage, isTerminalStatus } from '../../../../preload/contract/index.ts';
import { formatNumber } from '../../../i18n.ts';
import { t } from '../text.ts';

export function answerText(answer: CommandAnswer): string {
  switch (answer.code) {
    case 'context':
      return usageText(answer.usage);
    case 'compacted':
      return t('answer.compacted', { before: answer.before, after: answer.after });
    case 'model':
      return t('answer.model', { model: answer.modelId });
    case 'mode':
      return t('answer.mode', { mode: answer.mode });
    case 'renamed':
      return t('answer.renamed', { title: answer.title });
    case 'stats':
      return statsText(answer);
    case 'tools': {
      const deferred = answer.deferred.map(quoted).join(', ');
      return list([
        ...answer.tools.map(({ name, description }) => `${quoted(name)} ${description}`),
        ...(deferred === '' ? [] : [t('answer.deferred', { names: deferred })]),
      ]);
    }
    case 'tasks':
      return list(answer.tasks.map(taskText));
    case 'mcp':
      return list([
        ...answer.tools.map(quoted),
        ...answer.prompts.map((name) => t('answer.serverPrompt', { name: quoted(`/${name}`) })),
        ...answer.resources.map((name) => t('answer.serverResource', { name: quoted(`@${name}`) })),
        ...(answer.more > 0 ? [t('answer.moreResources', { count: answer.more })] : []),
      ]);
    case 'sign_in':
      return t('answer.signIn', { server: answer.server, link: `<${answer.url}>` });
    case 'prompt_help':
      return promptText(answer);
    default:
      return t(`answer.${answer.code}`);
  }
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

function quoted(text: string): string {
  return `\`${text}\``;
}

function usageText({ meter, freeTokens, compactAtTokens, parts, memoryFiles, leftOut }: ContextUsage): string {
  const used = {
    used: meter.usedTokens,
    window: meter.windowTokens,
    share: Math.round((meter.usedTokens / meter.windowTokens) * 100),
    free: freeTokens,
  };
  return list([
    meter.isEstimate === true ? t('answer.usedEstimate', used) : t('answer.used', used),
    ...parts.filter(({ tokens }) => tokens > 0).map(partText),
    ...memoryFiles.map(({ label, tokens }) => `${quoted(label)}: ${formatNumber(tokens)}`),
    ...leftOut.map(({ path, reason }) => t('answer.notRead', { path: quoted(path), reason })),
    compactAtTokens === undefined ? t('answer.summaryOff') : t('answer.summaryAt', { tokens: compactAtTokens }),
  ]);
}

function partText({ kind, tokens, count }: ContextUsage['parts'][number]): string {
  return kind === 'system' ? t('answer.part.system', { tokens }) : t(`answer.part.${kind}`, { count, tokens });
}

function statsText(stats: Extract<CommandAnswer, { code: 'stats' }>): string {
  const calls = { calls: stats.calls, failed: stats.failedCalls };
  const tools = stats.callsByTool.map(({ tool, count }) => `${tool} ${count}`).join(', ');
  return list([
    t('answer.turns', { count: stats.turns }),
    t('answer.prompts', { prompts: stats.prompts, answers: stats.answers }),
    tools === '' ? t('answer.calls', calls) : t('answer.callsByTool', { ...calls, tools }),
    t('answer.contextUsed', { used: stats.usedTokens, window: stats.windowTokens }),
    t('answer.backgroundTasks', { count: stats.backgroundTasks }),
  ]);
}

function taskText({ id, status, exitCode, command }: Extract<CommandAnswer, { code: 'tasks' }>['tasks'][number]): string {
  const args = { id: quoted(id), status: t(`answer.taskStatus.${status}`), command };
  return isTerminalStatus(status) && exitCode !== undefined ? t('answer.taskExit', { ...args, code: exitCode }) : t('answer.task', args);
}

function promptText({ name, server, description, arguments: all }: Extract<CommandAnswer, { code: 'prompt_help' }>): string {
  const head =
    description === ''
      ? t('answer.promptOf', { name: `/${name}`, server })
      : t('answer.promptOfText', { name: `/${name}`, server, description });
  if (all.length === 0) return `${head}\n\n${t('answer.noArguments')}`;
  const lines = all.map((argument) => {
    const said = [argument.isRequired ? t('answer.required') : t('answer.optional'), argument.description];
    return `${quoted(`--${argument.name}="..."`)} ${said.filter((part) => part !== '').join('; ')}`;
  });
  return `${head}\n\n${list(lines)}\n\n${t('answer.wordsWithoutName')}`;
}
