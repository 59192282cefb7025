/** What a tool call would do, as shown in its approval. */
import type { ApprovalAction, ToolDisplay } from '../../../preload/contract/index.ts';

/** `refusal`: the call cannot work (file not read yet, no match); it fails without an approval. */
export type ToolPreview =
  | {
      readonly ok: true;
      readonly action: ApprovalAction;
      readonly display: ToolDisplay;
      readonly touches: readonly string[];
      readonly command?: string;
      readonly cwd?: string;
      /**
       * The user's settings trust this tool (an MCP server with `trust`), so it runs without an approval, except in plan
       * mode.
       */
      readonly isTrusted?: boolean;
      /** The address that would be fetched, for rules about domains. */
      readonly url?: string;
      /** The name of the agent or the skill, for rules about it. */
      readonly subject?: string;
    }
  | { readonly ok: false; readonly refusal: string };
