/** The text of `--help`. The list of flags comes from their table. */
import { RUN_FLAGS, type RunFlag, SECTIONS } from './flag-table.ts';

const HEAD = `Usage: gantry [options] [prompt]
       gantry serve [--port N] [--hostname H] [--token T] [--open] [--trust] [--trust-endpoint O] [--confirm-in-page] [folder]
       gantry sessions list|search|export|archive|unarchive|delete|restore|inspect ... [--json]; without an action it prints the usage
       gantry mcp list [--status] [--json] | add [--scope user|project] <name> <command or address> [arguments] | remove <name>
       gantry mcp auth [--sign-out] <name>
       gantry auth [status] | set [provider] [--insecure-file]
       gantry doctor

Answers one prompt on standard output. Piped standard input is put before the prompt.
`;

const TAIL = `  -d, --debug                    log on standard error
  -v, --version
  -h, --help

gantry mcp add takes --transport stdio|sse|http, --env KEY=value, --header "Name: value", --timeout ms, --trust,
--description, --include-tools and --exclude-tools anywhere; --scope is user where it is not given. Other options after the
command, and everything after --, belong to the server.
gantry serve prints an address with its access token. --token can also be given as QWEN_SERVER_TOKEN. It asks in its
terminal before the browser may trust a folder, never ask, or add an MCP server; --confirm-in-page leaves that to the
page, for tests and servers without a terminal, so that a script in the page could grant itself all of it.

Exit codes: 0 done, 1 failed or wrong options, 42 bad input, 52 bad configuration, 53 turn limit, 55 tool-call or
time budget, 130 interrupted.
`;

/** Where the texts of the flags begin, and where their lines end. Unit: characters. */
const TEXT_COLUMN = 33;
const LINE_WIDTH = 120;

export function helpText(): string {
  const flags: readonly (readonly [string, RunFlag])[] = Object.entries(RUN_FLAGS);
  const sections = SECTIONS.map((section) => {
    const lines = flags.filter(([, flag]) => flag.help?.section === section).map(([name, flag]) => describeFlag(name, flag));
    return `${section}\n${lines.join('')}`;
  });
  return [HEAD, ...sections, TAIL].join('\n');
}

function describeFlag(name: string, { short, help }: RunFlag): string {
  const flag = `  ${short === undefined ? '   ' : `-${short},`} --${name}${help?.value === undefined ? '' : ` ${help.value}`}`;
  if (help?.text === undefined) return `${flag}\n`;
  const isLong = flag.length >= TEXT_COLUMN;
  const lines = [...(isLong ? [''] : []), ...wrap(help.text, LINE_WIDTH - TEXT_COLUMN)];
  return lines.map((line, at) => `${(at === 0 ? flag : '').padEnd(TEXT_COLUMN)}${line}`.trimEnd() + '\n').join('');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
