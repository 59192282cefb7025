import { ArrowUp, Paperclip, Square, Terminal } from 'lucide-react';
import { type ClipboardEvent, type KeyboardEvent, useId, useRef, useState } from 'react';
import {
  type ApprovalMode,
  type ContextMeter,
  type ModelRef,
  PromptAttachment,
  type PromptDelivery,
} from '../../../../preload/contract/index.ts';
import { t } from '../text.ts';
import { hasMod, IconButton } from '../../../ui/index.ts';
import { AttachmentStrip } from './AttachmentStrip.tsx';
import { ContextGauge } from './ContextGauge.tsx';
import { shellCommandOf } from './composer-shell.ts';
import { DeliveryPicker } from './DeliveryPicker.tsx';
import { otherDelivery, useDeliveryPreference } from './delivery-preference.ts';
import { ModelPicker } from './ModelPicker.tsx';
import { ModePicker, nextMode } from './ModePicker.tsx';
import { SuggestionList } from './SuggestionList.tsx';
import { useAttachments } from './use-attachments.ts';
import { useComposerText } from './use-composer-text.ts';
import { useFileDrop } from './use-file-drop.ts';
import { usePopup } from './use-popup.ts';
import { useSlash } from './use-slash.ts';

export interface SendOptions {
  readonly delivery?: PromptDelivery;
  readonly attachments?: readonly PromptAttachment[];
}

export interface ComposerProps {
  /** The key of the draft: the session, or the project before there is a session. */
  readonly draftKey: string;
  /** Earlier prompts, newest first; requested only when a key needs them. */
  readonly earlierPrompts: () => readonly string[];
  /** False: not sent, so the text returns to the field. */
  readonly onSend: (text: string, options?: SendOptions) => Promise<boolean>;
  /** Runs the command after a `!`. False: not run, so the text returns to the field. */
  readonly onRun: (command: string) => Promise<boolean>;
  /** Present while a turn or a user command runs. */
  readonly onStop: (() => void) | undefined;
  readonly mode: ApprovalMode;
  readonly onMode: (mode: ApprovalMode) => void;
  readonly model: ModelRef | undefined;
  readonly onModel: (model: ModelRef) => void;
  readonly context: ContextMeter | undefined;
}

/**
 * The field for prompts. Enter sends, Shift+Enter inserts a line break, Up recalls, Shift+Tab changes the mode; `!` runs a
 * command, `@` adds files, `/` offers commands; images are pasted, or dropped anywhere on the window. While the agent works, Enter delivers as chosen
 * (for the next step, or after the turn), and Ctrl or Cmd with Enter the other way.
 */
export function Composer(props: ComposerProps) {
  const { draftKey, onSend, onRun, onStop, mode, onMode, model, onModel, context } = props;
  const hintId = useId();
  const listId = useId();
  const input = useRef<HTMLTextAreaElement>(null);
  const { text, change, type, recall, giveBack } = useComposerText(draftKey, props.earlierPrompts, input);
  const popup = usePopup(text, type, input);
  const attachments = useAttachments();
  const preference = useDeliveryPreference();
  const [modelsOpen, setModelsOpen] = useState(false);
  const runSlash = useSlash(() => setModelsOpen(true));

  const command = shellCommandOf(text);
  const isShell = command !== undefined;
  const hasWords = text.trim() !== '';
  const canSend = isShell ? command !== '' && onStop === undefined : hasWords || attachments.held.length > 0;

  const send = async (delivery: PromptDelivery) => {
    if (!canSend) return;
    const prompt = text.trim();
    const files = attachments.held;
    change('');
    if (command !== undefined) {
      if (!(await onRun(command))) giveBack(prompt);
      return;
    }
    attachments.clear();
    const options = { ...(onStop ? { delivery } : {}), ...(files.length === 0 ? {} : { attachments: files }) };
    const done = (await runSlash(prompt)) ?? (await onSend(prompt, options));
    if (done) return;
    giveBack(prompt);
    attachments.giveBack(files);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that confirms a word of an input method does not send.
    if (event.nativeEvent.isComposing || popup.onKey(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send(hasMod(event.nativeEvent) ? otherDelivery(preference) : preference);
    } else if (event.key === 'Tab' && event.shiftKey) {
      event.preventDefault();
      onMode(nextMode(mode));
    } else if ((event.key === 'ArrowUp' && recall('older')) || (event.key === 'ArrowDown' && recall('newer'))) event.preventDefault();
  };
  const onPaste = (event: ClipboardEvent) => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    void attachments.add([...event.clipboardData.files]);
  };
  useFileDrop((files) => void attachments.add(files));

  const suggestions = isShell ? undefined : popup.suggestions;
  return (
    <form
      className={`relative rounded-[10px] border bg-raised px-3 pt-2.5 pb-2 transition-colors ${
        isShell ? 'border-run/60' : 'border-border-strong focus-within:border-accent/60'
      }`}
      onSubmit={(event) => {
        event.preventDefault();
        void send(preference);
      }}
    >
      {suggestions && <SuggestionList id={listId} suggestions={suggestions} chosen={popup.chosen} onChoose={popup.choose} />}
      <AttachmentStrip attachments={attachments.held} model={model} onRemove={attachments.remove} />
      <textarea
        ref={input}
        data-pane="composer"
        aria-label={t('composer.label')}
        placeholder={
          onStop ? (preference === 'steer' ? t('composer.placeholderSteer') : t('composer.placeholderQueue')) : t('composer.placeholder')
        }
        rows={1}
        value={text}
        onChange={(event) => {
          type(event.target.value);
          popup.onCaret();
        }}
        onSelect={popup.onCaret}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        aria-describedby={isShell ? hintId : undefined}
        aria-autocomplete="list"
        aria-controls={suggestions ? listId : undefined}
        aria-activedescendant={suggestions && suggestions.rows.length > 0 ? `${listId}-${popup.chosen}` : undefined}
        className={`block field-sizing-content max-h-[38vh] min-h-6 w-full resize-none bg-transparent outline-none ${
          isShell ? 'font-mono [font-variant-ligatures:none] text-code' : ''
        }`}
      />
      <div className="mt-2 flex items-center gap-1 text-text-2">
        {isShell ? (
          <ShellHint id={hintId} busy={onStop !== undefined} />
        ) : (
          <div className="-ml-2 flex min-w-0 flex-1 items-center gap-1">
            <AttachButton onFiles={attachments.add} />
            <ModePicker mode={mode} onChange={onMode} />
            <ModelPicker model={model} onChange={onModel} open={modelsOpen} onOpenChange={setModelsOpen} />
          </div>
        )}
        {context && <ContextGauge context={context} />}
        {onStop && !isShell && <DeliveryPicker />}
        {onStop && <IconButton label={t('common.stop')} keys="Esc" icon={<Square size={14} aria-hidden />} onClick={onStop} />}
        <IconButton
          label={isShell ? t('composer.run') : onStop ? sendLabel(preference) : t('common.send')}
          look="primary"
          icon={<ArrowUp size={16} aria-hidden />}
          disabled={!canSend}
          onClick={() => send(preference)}
        />
      </div>
    </form>
  );
}

function sendLabel(preference: PromptDelivery): string {
  return preference === 'steer' ? t('composer.sendSteer') : t('composer.sendQueue');
}

function AttachButton({ onFiles }: { readonly onFiles: (files: readonly File[]) => Promise<void> }) {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton
        label={t('attachment.add')}
        icon={<Paperclip size={15} strokeWidth={1.6} aria-hidden />}
        onClick={() => picker.current?.click()}
      />
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        accept={PromptAttachment.shape.mimeType.options.join(',')}
        onChange={(event) => {
          void onFiles([...(event.target.files ?? [])]);
          event.target.value = ''; // the same file can be chosen again
        }}
      />
    </>
  );
}

/** Replaces mode and model: neither matters for a user command. */
function ShellHint({ id, busy }: { readonly id: string; readonly busy: boolean }) {
  return (
    <p id={id} className="flex min-h-7 min-w-0 flex-1 items-center gap-2 text-meta text-text-2">
      <Terminal size={14} strokeWidth={1.6} aria-hidden className="shrink-0 text-run" />
      <span>{busy ? t('composer.shellBusy') : t('composer.shellHint')}</span>
    </p>
  );
}
