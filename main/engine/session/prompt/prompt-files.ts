/** Attachments of prompts: pasted media, and the files that `@path` names. */
import {
  defined,
  type AttachmentSummary,
  ItemId,
  MAX_ATTACHED_BYTES,
  type PromptAttachment,
  type QueuedPrompt,
} from '../../../../preload/contract/index.ts';
import { EngineError } from '../../errors.ts';
import { expandPrompt, detectMediaType, type PromptContent } from '../../mention/index.ts';
import type { MediaPart } from '../../provider/provider.ts';
import { toAttachmentSummaries } from '../../transcript/index.ts';
import type { SessionDeps, SessionIdentity } from '../session-deps.ts';
import type { SessionTools } from '../session-tools.ts';
import { namedResources, withResources } from './prompt-resources.ts';

/** Ownership: attachments of a prompt are kept until `drop`. */
export interface PromptFiles {
  /** Errors: `bad_params` (too large, or the content does not match the media type). */
  keep(localId: string, attachments: readonly PromptAttachment[]): readonly AttachmentSummary[];
  drop(localId: string): void;
  /** Never rejects. Files are read at the time of the call. */
  contentOf(prompt: QueuedPrompt): Promise<PromptContent>;
}

export function createPromptFiles(
  identity: SessionIdentity,
  extraFolders: readonly string[],
  tools: SessionTools,
  deps: SessionDeps,
): PromptFiles {
  const kept = new Map<string, readonly MediaPart[]>();
  return {
    keep(localId, attachments) {
      if (attachments.length === 0) return [];
      checkAttachments(attachments);
      kept.set(localId, attachments);
      return toAttachmentSummaries(attachments);
    },
    drop: (localId) => void kept.delete(localId),
    async contentOf({ localId, text }) {
      const {
        root,
        fs,
        documents = fs,
        reads,
        childEnv,
        runSettings,
        hiddenFiles,
      } = tools.context(ItemId.parse(identity.id), () => undefined);
      const isHidden = text.includes('@') ? await hiddenFiles?.('read_file', '') : undefined;
      const search = { root, fs, childEnv, ...defined({ runSettings }) };
      const [files, resources] = await Promise.all([
        expandPrompt(text, {
          root,
          extraFolders,
          home: deps.approvals.home,
          fs: documents,
          reads,
          list: (options) => deps.pathLists.list(search, options),
          isHidden: isHidden ?? (() => false),
        }),
        namedResources(identity.projectId, text, deps),
      ]);
      const named = withResources(files, resources);
      return { ...named, media: [...(kept.get(localId) ?? []), ...named.media] };
    },
  };
}

function checkAttachments(attachments: readonly PromptAttachment[]): void {
  let totalBytes = 0;
  for (const { name, mimeType, data } of attachments) {
    const bytes = Buffer.from(data, 'base64');
    totalBytes += bytes.length;
    if (detectMediaType(bytes) !== mimeType)
      throw new EngineError('bad_params', `${name} is damaged or is not ${mimeType}, so the message was not sent.`);
  }
  if (totalBytes > MAX_ATTACHED_BYTES) {
    const megabytes = MAX_ATTACHED_BYTES / 1024 / 1024;
    throw new EngineError(
      'bad_params',
      `A message can contain at most ${megabytes} MB of attachments. Put larger files into the folder and refer to them with @.`,
    );
  }
}
