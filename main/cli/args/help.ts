export const HELP = `Usage: gantry [options] [prompt]
       gantry serve [--port N] [--hostname H] [--token T] [--open] [--trust] [--trust-endpoint O] [folder]
       gantry sessions list|search|export|archive|unarchive|delete|restore|inspect ... [--json]; without more it says how
       gantry mcp list [--status] [--json] | add [--scope user|project] <name> <command or address> [arguments] | remove <name>
       gantry mcp auth [--sign-out] <name>
       gantry auth set [provider] [--insecure-file]
       gantry doctor

One prompt, answered on standard output. Piped standard input goes before the prompt.

Prompt and output
  -p, --prompt <text>            the prompt; an argument without a flag is one too
  -o, --output-format <format>   text (default), json (one array), stream-json (one message a line)
      --include-partial-messages with stream-json: text as it comes
      --json-schema <json|@file> the answer is one object of this JSON Schema
      --input-format <format>    text (default), stream-json: a program sends prompts and control messages, one a line
  -a, --all-files                the text of this folder's files goes first: at most 512 KiB, without binary, hidden,
                                 ignored and key files

Model
  -m, --model <id>               one of the configured models
      --auth-type <protocol>     openai, openai-responses, anthropic, gemini, vertex-ai: only providers that speak it
      --openai-api-key <key>     instead of the variable of that protocol, OPENAI_API_KEY without one (other users can see
                                 arguments: prefer the variable)
      --openai-base-url <url>    the same for its address
      --proxy <address>          requests to models go through it (one with a password: prefer HTTPS_PROXY)
      --openai-logging           keep requests and answers of OpenAI's protocols as files, in logs/openai
      --openai-logging-dir <folder>
      --system-prompt <text>     replaces Gantry's own
      --append-system-prompt <text>
      --trust-endpoint <origin>  a project's settings may send a key there

What it may do
      --approval-mode <mode>     plan, default, auto-edit, yolo
  -y, --yolo                     everything runs without a question
      --allowed-tools <names>    these tools run without an approval
      --trust                    use this folder's own settings
      --include-directories <paths>
      --max-session-turns <n>    requests to the model
      --max-tool-calls <n>
      --max-wall-time <time>     90s, 5m, 1h: a turn is stopped after it
      --max-subagent-depth <n>   how deep subagents may start others
      --core-tools <names>       only these of the built-in tools exist
      --exclude-tools <names>    these do not exist
      --disabled-slash-commands <names>
      --mcp-config <file|json>   MCP servers for this run, besides those of the settings
      --allowed-mcp-server-names <names>
      --background wait|stop     background tasks at the end: wait for them, or stop them after 30 s (default)

Session
  -c, --continue                 the latest session of this folder
  -r, --resume <session>         its id, the beginning of it, or its title; alone it lists the latest
      --fork-session             work on a copy of it
      --session-id <uuid>        the id of a new session or copy
      --chat-recording false     nothing of the conversation is written; it cannot be resumed

  -d, --debug                    log on standard error
  -v, --version
  -h, --help

gantry mcp add takes --transport stdio|sse|http, --env KEY=value, --header "Name: value", --timeout ms, --trust,
--description, --include-tools and --exclude-tools before the name; --scope is user where it is not given.
gantry serve prints an address with its access token. --token can also be given as QWEN_SERVER_TOKEN.

Exit codes: 0 done, 1 failed or wrong options, 42 bad input, 52 bad configuration, 53 turn limit, 55 tool-call or
time budget, 130 interrupted.
`;
