/** The answers of commands in English, as Markdown, for hosts without a window. Pure. */
import { type CommandAnswer, type ContextUsage, isTerminalStatus } from '../../../../preload/contract/index.ts';
import { amount } from '../../lib/amount.ts';

export function describeAnswer(answer: CommandAnswer): string {
  switch (answer.code) {
    case 'context':
      return describeUsage(answer.usage);
    case 'compacted':
      return `Summarized: ${grouped(answer.before)} → ${grouped(answer.after)} tokens.`;
    case 'not_compacted':
      return 'Nothing changed: there is too little to summarize, or the message above gives the reason.';
    case 'no_tasks':
      return 'No background tasks.';
    case 'no_skills':
      return 'No skills. To add one, create a folder with a SKILL.md in `.qwen/skills`, in this folder or in your home folder.';
    case 'no_memory':
      return 'No memory files. To add one, create QWEN.md or AGENTS.md.';
    case 'no_hooks':
      return 'No hooks are configured.';
    case 'no_servers':
      return 'No MCP server provides tools, prompts or resources here.';
    case 'empty_answer':
      return 'The model returned an empty answer.';
    case 'model':
      return `Model: ${answer.modelId}`;
    case 'mode':
      return `Approval mode: ${answer.mode}`;
    case 'renamed':
      return `This session is now called "${answer.title}".`;
    case 'stats':
      return describeStats(answer);
    case 'tools':
      return [
        ...answer.tools.map(({ name, description }) => `- \`${name}\` ${description}`),
        ...(answer.deferred.length === 0 ? [] : [`- Available through search: ${answer.deferred.map((name) => `\`${name}\``).join(', ')}`]),
      ].join('\n');
    case 'tasks':
      return answer.tasks
        .map(({ id, status, exitCode, command }) => {
          const code = isTerminalStatus(status) && exitCode !== undefined ? `, exit code ${exitCode}` : '';
          return `- \`${id}\` ${status}${code}: ${command}`;
        })
        .join('\n');
    case 'mcp':
      return [
        ...answer.tools.map((name) => `- \`${name}\``),
        ...answer.prompts.map((name) => `- prompt \`/${name}\``),
        ...answer.resources.map((name) => `- resource \`@${name}\``),
        ...(answer.more > 0 ? [`- and ${amount(answer.more, 'resource')} more`] : []),
      ].join('\n');
    case 'sign_in':
      return `Sign in to ${answer.server} in a browser on this computer: <${answer.url}>`;
    case 'prompt_help':
      return describePrompt(answer);
  }
}

const PARTS: Readonly<Record<ContextUsage['parts'][number]['kind'], (count: number) => string>> = {
  system: () => 'System text',
  memory: (count) => `Memory files (${count})`,
  tools: (count) => `Tools (${count})`,
  messages: (count) => `Messages (${count})`,
};

function describeUsage({ meter, freeTokens, compactAtTokens, parts, memoryFiles, leftOut }: ContextUsage): string {
  const share = Math.round((meter.usedTokens / meter.windowTokens) * 100);
  return [
    `- In use: ${grouped(meter.usedTokens)} of ${grouped(meter.windowTokens)} tokens (${share} %)${meter.isEstimate === true ? ', by estimate' : ''}, free: ${grouped(freeTokens)}`,
    ...parts.filter((part) => part.tokens > 0).map((part) => `- ${PARTS[part.kind](part.count)}: ${grouped(part.tokens)}`),
    ...memoryFiles.map((file) => `- \`${file.label}\`: ${grouped(file.tokens)}`),
    ...leftOut.map(({ path, reason }) => `- Not read: \`${path}\`, ${reason}`),
    compactAtTokens === undefined ? '- Automatic summary: off' : `- Automatic summary at ${grouped(compactAtTokens)} tokens`,
  ].join('\n');
}

function describeStats(stats: Extract<CommandAnswer, { code: 'stats' }>): string {
  const byTool = stats.callsByTool.map(({ tool, count }) => `${tool} ${count}`).join(', ');
  return [
    `- Turns completed since start: ${stats.turns}`,
    `- Prompts: ${stats.prompts}, answers: ${stats.answers}`,
    `- Tool calls: ${stats.calls}, failed or denied: ${stats.failedCalls}${byTool === '' ? '' : ` (${byTool})`}`,
    `- Context: ${stats.usedTokens} of ${stats.windowTokens} tokens`,
    `- Background tasks: ${stats.backgroundTasks}`,
  ].join('\n');
}

function describePrompt({ name, server, description, arguments: list }: Extract<CommandAnswer, { code: 'prompt_help' }>): string {
  const head = `/${name}, a prompt of the MCP server ${server}${description === '' ? '.' : `: ${description}`}`;
  if (list.length === 0) return `${head}\n\nIt takes no arguments.`;
  const rows = list.map((argument) => {
    const said = [argument.isRequired ? 'required' : 'optional', argument.description].filter((part) => part !== '').join('; ');
    return `- \`--${argument.name}="..."\` ${said}`;
  });
  return [head, '', ...rows, '', 'Words without a name fill the required arguments in this order.'].join('\n');
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
