/** What a call of a tool would do, for the question about it. */
import type { ToolDisplay } from '../../../preload/contract/index.ts';

/** `refusal`: the call cannot work (file not read yet, no match); it is answered without a question. */
export type ToolPreview =
  | {
      readonly ok: true;
      readonly title: string;
      readonly display: ToolDisplay;
      readonly touches: readonly string[];
      readonly command?: string;
      readonly cwd?: string;
      /** The user's settings say that this needs no question (an MCP server with `trust`); plan mode asks all the same. */
      readonly isTrusted?: boolean;
      /** The address that would be asked, for rules about domains. */
      readonly url?: string;
      /** The name of the agent or the skill, for rules about it. */
      readonly subject?: string;
    }
  | { readonly ok: false; readonly refusal: string };
