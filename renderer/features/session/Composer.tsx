import { ArrowUp, Square, Terminal } from 'lucide-react';
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef, useState } from 'react';
import type { ApprovalMode, ContextMeter, ModelRef } from '../../../preload/contract/index.ts';
import { useUi } from '../../stores/index.ts';
import { strings } from '../../strings.ts';
import { IconButton } from '../../ui/index.ts';
import { ContextGauge } from './ContextGauge.tsx';
import { shellCommandOf } from './composer-shell.ts';
import { readDraft, writeDraft } from './draft.ts';
import { ModelPicker } from './ModelPicker.tsx';
import { ModePicker, nextMode } from './ModePicker.tsx';
import { AT_DRAFT, walkHistory } from './prompt-history.ts';

export interface ComposerProps {
  /** Names the draft: the session, or the project before there is one. */
  readonly draftKey: string;
  /** Earlier prompts, newest first; asked for only when a key wants them. */
  readonly earlierPrompts: () => readonly string[];
  /** False: not sent, so the text comes back. */
  readonly onSend: (text: string) => Promise<boolean>;
  /** Runs what stands behind a `!`. False: not run, so the text comes back. */
  readonly onRun: (command: string) => Promise<boolean>;
  /** Present while a turn, or a command in its place, runs. */
  readonly onStop: (() => void) | undefined;
  readonly mode: ApprovalMode;
  readonly onMode: (mode: ApprovalMode) => void;
  readonly model: ModelRef | undefined;
  readonly onModel: (model: ModelRef) => void;
  readonly context: ContextMeter | undefined;
}

/** Where prompts are written. Enter sends, Shift+Enter breaks the line, Up recalls, Shift+Tab changes the mode; `!` runs a command. */
export function Composer(props: ComposerProps) {
  const { draftKey, onSend, onRun, onStop, mode, onMode, model, onModel, context } = props;
  const [text, setText] = useState(() => readDraft(localStorage, draftKey));
  const [place, setPlace] = useState(AT_DRAFT);
  const hintId = useId();
  const input = useRef<HTMLTextAreaElement>(null);
  const focusRequests = useUi((ui) => ui.composerFocusRequests);

  useEffect(() => {
    if (focusRequests > 0) input.current?.focus();
  }, [focusRequests]);

  const offered = useUi((ui) => (ui.offeredText?.draftKey === draftKey ? ui.offeredText.text : undefined));
  const takeOffered = useUi((ui) => ui.takeOfferedText);
  const insert = useEffectEvent((words: string) => {
    // What was being written is kept, below.
    change(text.trim() === '' ? words : `${words}\n\n${text}`);
    setPlace(AT_DRAFT);
    takeOffered();
    input.current?.focus();
  });
  useEffect(() => {
    if (offered !== undefined) insert(offered);
  }, [offered]);

  const command = shellCommandOf(text);
  const isShell = command !== undefined;
  const canSend = isShell ? command !== '' && onStop === undefined : text.trim() !== '';

  const change = (next: string) => {
    setText(next);
    writeDraft(localStorage, draftKey, next);
  };
  const send = async () => {
    if (!canSend) return;
    const prompt = text.trim();
    change('');
    setPlace(AT_DRAFT);
    if (await (command === undefined ? onSend(prompt) : onRun(command))) return;
    // What was typed meanwhile is not overwritten.
    setText((now) => (now === '' ? prompt : now));
    if (readDraft(localStorage, draftKey) === '') writeDraft(localStorage, draftKey, prompt);
  };
  const recall = (event: KeyboardEvent, direction: 'older' | 'newer') => {
    const element = input.current;
    const edge = direction === 'older' ? 0 : text.length;
    // Inside a text the arrows move the caret.
    if (!element || element.selectionStart !== element.selectionEnd || (place.index === undefined && element.selectionStart !== edge))
      return;
    const walked = walkHistory(place, props.earlierPrompts(), direction, text);
    if (!walked) return;
    event.preventDefault();
    setPlace(walked.place);
    change(walked.text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter that picks a word of an input method is not a wish to send.
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void send();
    } else if (event.key === 'Tab' && event.shiftKey) {
      event.preventDefault();
      onMode(nextMode(mode));
    } else if (event.key === 'ArrowUp') recall(event, 'older');
    else if (event.key === 'ArrowDown') recall(event, 'newer');
  };

  return (
    <form
      className={`rounded-[10px] border bg-raised px-3 pt-2.5 pb-2 transition-colors ${
        isShell ? 'border-run/60' : 'border-border-strong focus-within:border-accent/60'
      }`}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <textarea
        ref={input}
        data-pane="composer"
        aria-label={strings.composer.label}
        placeholder={onStop ? strings.composer.placeholderRunning : strings.composer.placeholder}
        rows={1}
        value={text}
        onChange={(event) => {
          setPlace(AT_DRAFT);
          change(event.target.value);
        }}
        onKeyDown={onKeyDown}
        aria-describedby={isShell ? hintId : undefined}
        className={`block field-sizing-content max-h-[38vh] min-h-6 w-full resize-none bg-transparent outline-none ${
          isShell ? 'font-mono [font-variant-ligatures:none] text-code' : ''
        }`}
      />
      <div className="mt-2 flex items-center gap-1 text-text-2">
        {isShell ? (
          <ShellHint id={hintId} busy={onStop !== undefined} />
        ) : (
          <div className="-ml-2 flex min-w-0 flex-1 items-center gap-1">
            <ModePicker mode={mode} onChange={onMode} />
            <ModelPicker model={model} onChange={onModel} />
          </div>
        )}
        {context && <ContextGauge context={context} />}
        {onStop && <IconButton label={strings.composer.stop} keys="Esc" icon={<Square size={14} aria-hidden />} onClick={onStop} />}
        <IconButton
          label={isShell ? strings.composer.run : onStop ? strings.composer.queue : strings.composer.send}
          look="primary"
          icon={<ArrowUp size={16} aria-hidden />}
          disabled={!canSend}
          onClick={send}
        />
      </div>
    </form>
  );
}

/** Stands where mode and model do: neither matters to a command of the user's. */
function ShellHint({ id, busy }: { readonly id: string; readonly busy: boolean }) {
  return (
    <p id={id} className="flex min-h-7 min-w-0 flex-1 items-center gap-2 text-meta text-text-2">
      <Terminal size={14} strokeWidth={1.6} aria-hidden className="shrink-0 text-run" />
      <span>{busy ? strings.composer.shellBusy : strings.composer.shellHint}</span>
    </p>
  );
}
