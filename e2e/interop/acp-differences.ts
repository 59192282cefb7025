/**
 * Intended differences between what an editor receives from Gantry and from Qwen Code 0.24.4. The test allows these lines of
 * acp-script.ts and no others, checks that each still occurs, and docs/qwen-code.md names each by its title.
 */
export interface AcpDifference {
  readonly title: string;
  /** Lines that only Gantry causes. */
  readonly ours?: RegExp;
  /** Lines that only Qwen Code causes. */
  readonly theirs?: RegExp;
}

const both = (lines: RegExp) => ({ ours: lines, theirs: lines });

export const ACP_DIFFERENCES: readonly AcpDifference[] = [
  { title: 'Its own words', ...both(/\.(?:title|description|name|agentInfo\.\w+) = /) },
  { title: 'No mode `auto`', theirs: /\[auto\]/ },
  { title: 'No sound', ...both(/promptCapabilities\.audio = /) },
  { title: 'Its own limits for images', ...both(/\.imageCapability\./) },
  { title: 'Further folders', ours: /\.additionalDirectories = / },
  { title: 'Messages have ids', ours: /_chunk\.messageId = / },
  {
    title: 'A call is shown with its arguments, and while it runs',
    ours: /: tool_call pending\.(?:rawInput|locations)|: tool_call_update in_progress\./,
    theirs: /: tool_call pending\.(?:rawInput = \{\}|locations = \[\])|: tool_call_update in_progress\.content = \[\]/,
  },
  { title: 'Results as people read them', ...both(/: tool_call_update (?:completed|failed)\.(?:content\[content\]\.|rawOutput\b)/) },
  {
    title: 'A permission request says why',
    ours: /request_permission\.toolCall\.(?:content\[content\]|_meta\.provenance|locations\[\]\.line)/,
    theirs: /request_permission\.toolCall\.content = \[\]/,
  },
  { title: 'No rule in the settings of an untrusted folder', theirs: /options\[proceed_always_project\]/ },
  { title: 'A new file has no old text', ...both(/\.content\[diff\]\.oldText = /) },
  { title: 'A button for each choice', ours: /options\[choice_\d\]/ },
  { title: 'Plans lead to a named mode', theirs: /options\[restore_previous\]/ },
  {
    title: 'Changes of mode and model are announced',
    ours: /: (?:config_option_update|current_mode_update)\./,
    theirs: /\.(?:planExecutionMode|legacyFrameSent) = /,
  },
  { title: 'The context includes the answer', ...both(/: usage_update\.used = |\.thoughtTokens = /) },
  { title: 'No checkpoint of a branch', theirs: /\.checkpointUuid = / },
  { title: 'No part of a key', theirs: /\.qwenModelSwitch\.apiKey = / },
  { title: 'Errors say what happened', ...both(/: answer\.error\./) },
  { title: 'Its own statistics', ...both(/^slash command: agent_message_chunk\.content\.text = /) },
  {
    title: 'A replay of what the window shows',
    ours: /^load: /,
    theirs: /^load: (?!answer\.(?:modes|models|configOptions))/,
  },
];
