import { CornerDownLeft } from 'lucide-react';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { type Approval, type ApprovalDecision, hasHiddenCharacters, type RuleOffer } from '../../../../preload/contract/index.ts';
import { approvalTitle, useActions, useUi } from '../../../stores/index.ts';
import { Button, Chip } from '../../../ui/index.ts';
import { ExactText } from '../../exact-text/index.ts';
import { t } from '../../../i18n.ts';
import { approvalReason } from './approval-reason.ts';
import { DiffView } from '../transcript/DiffView.tsx';
import { ApprovalCardCommand } from './ApprovalCardCommand.tsx';
import { ApprovalCardNote } from './ApprovalCardNote.tsx';
import { ApprovalCardOffer } from './ApprovalCardOffer.tsx';
import { useSeenWhole } from './seen-whole.ts';

/**
 * A card that has just appeared or changed ignores answers for this long, because the user may be pressing keys for something
 * else. Unit: ms.
 */
const READY_DELAY_MS = 500;
/** Title bar, task strip, composer and status bar, and a part of the transcript. Unit: px. */
const ROOM_BELOW_PX = 240;

export interface ApprovalCardProps {
  readonly approval: Approval;
  /** The number of pending approvals, including this one. */
  readonly count: number;
}

/**
 * The approval above the composer. It never takes the focus; its keys act only while it has the focus; Escape never denies. Enter
 * allows only what has been in view to its end and contains no hidden character. An answer carries the digest of what was shown.
 */
export function ApprovalCard({ approval, count }: ApprovalCardProps) {
  const { resolveApproval } = useActions();
  const focusComposer = useUi((ui) => ui.focusComposer);
  const card = useRef<HTMLElement>(null);
  const [readyDigest, setReadyDigest] = useState<string>();
  /** A ref besides the state: two keys in one tick must not answer twice. */
  const answered = useRef<string>(undefined);
  const [answeredDigest, setAnsweredDigest] = useState<string>();
  const [note, setNote] = useState<string>();
  const [chosen, setChosen] = useState<{ readonly digest: string; readonly scope: RuleOffer['scope'] }>();
  // A choice made for another approval is not shown for this one.
  const offer = chosen?.digest === approval.digest ? approval.offers?.find(({ scope }) => scope === chosen.scope) : undefined;
  useEffect(() => {
    const timer = setTimeout(() => setReadyDigest(approval.digest), READY_DELAY_MS);
    return () => clearTimeout(timer);
  }, [approval.digest]);

  useLayoutEffect(() => {
    const element = card.current;
    return () => {
      // The focus of an answered card returns to the composer, so that it is not lost.
      if (element?.contains(document.activeElement)) focusComposer();
    };
  }, [focusComposer]);

  const title = approvalTitle(approval.action);
  // It is about this call only; rules are for approvals of a running turn.
  const isInterrupted = approval.interrupted === true;
  const offers = isInterrupted ? [] : (approval.offers ?? []);
  const { onScrollCapture, seenOrScroll } = useSeenWhole(card, approval.digest);
  const isDeceptive = hasHiddenCharacters(textOf(approval));
  const ready = readyDigest === approval.digest && answeredDigest !== approval.digest;
  const answer = (decision: ApprovalDecision) => {
    if (!ready || answered.current === approval.digest) return;
    answered.current = approval.digest;
    setAnsweredDigest(approval.digest);
    setNote(undefined);
    void resolveApproval(approval, decision).then((sent) => {
      // The approval is still pending, so it can be answered again.
      if (sent) return;
      answered.current = undefined;
      setAnsweredDigest(undefined);
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      // Leaves the approval pending, and must not interrupt the turn that requested it.
      event.preventDefault();
      focusComposer();
    }
    // Only the card itself: Enter on one of its buttons belongs to that button.
    if (event.key !== 'Enter' || event.target !== event.currentTarget) return;
    event.preventDefault();
    if (!isDeceptive && seenOrScroll()) answer({ kind: 'allow', scope: 'once' });
  };

  return (
    <section
      ref={card}
      aria-label={t('approval.label', { title })}
      tabIndex={0}
      data-pane="approval"
      onKeyDown={onKeyDown}
      onScrollCapture={onScrollCapture}
      // The composer below stays visible, however large the approval is.
      style={{ maxHeight: `max(180px, calc(100vh - ${ROOM_BELOW_PX}px))` }}
      className="mx-6 mb-2.5 flex flex-col rounded-lg border border-warn/55 bg-[linear-gradient(var(--warn-tint),var(--warn-tint))] px-3 py-2.5"
    >
      <div className="flex flex-wrap items-center gap-x-2 text-row">
        <Chip tone="warn">{t('approval.needsYou')}</Chip>
        <span className="min-w-0 wrap-anywhere">
          <ExactText text={title} />
        </span>
        {count > 1 && <span className="text-meta whitespace-nowrap text-text-2">{t('approval.oneOf', { count })}</span>}
        <span className="ml-auto text-right text-meta text-text-2">
          <ExactText text={approvalReason(approval)} />
        </span>
      </div>
      {isInterrupted && <p className="pt-1 text-row">{t('approval.wasInterrupted')}</p>}
      <Subject approval={approval} />
      {isDeceptive && <p className="pb-1.5 text-row text-err">{t('approval.deceptive')}</p>}
      {offer !== undefined ? (
        <ApprovalCardOffer
          offer={offer}
          ready={ready}
          onWrite={() => answer({ kind: 'allow', scope: offer.scope })}
          onBack={() => setChosen(undefined)}
        />
      ) : note === undefined ? (
        <div className="flex flex-wrap gap-1.5">
          <Button
            look={isDeceptive ? 'outline' : 'primary'}
            aria-disabled={!ready}
            onClick={() => answer({ kind: 'allow', scope: 'once' })}
          >
            {isInterrupted ? t('approval.runNow') : t('approval.allowOnce')}
            {!isDeceptive && <CornerDownLeft size={13} aria-hidden className="opacity-70" />}
          </Button>
          {!isInterrupted && (
            <Button aria-disabled={!ready} onClick={() => answer({ kind: 'allow', scope: 'session' })}>
              {t('approval.allowSession')}
            </Button>
          )}
          {offers.map(({ scope }) => (
            <Button key={scope} aria-disabled={!ready} onClick={() => ready && setChosen({ digest: approval.digest, scope })}>
              {t(`approval.always.${scope}`)}
            </Button>
          ))}
          <Button look="quiet" aria-disabled={!ready} onClick={() => answer({ kind: 'deny' })}>
            {t('approval.deny')}
          </Button>
          <Button look="quiet" aria-disabled={!ready} onClick={() => ready && setNote('')}>
            {t('approval.denyWithNote')}
          </Button>
        </div>
      ) : (
        <ApprovalCardNote
          note={note}
          onChange={setNote}
          onCancel={() => setNote(undefined)}
          onSend={() => answer(note.trim() === '' ? { kind: 'deny' } : { kind: 'deny', note: note.trim() })}
        />
      )}
    </section>
  );
}

/** All that the card shows of the call. The end of a line may be CR LF. */
function textOf({ action, command, cwd, display, offers }: Approval): string {
  const shown = display.kind === 'diff' ? `${display.path}\n${display.patch}` : display.kind === 'text' ? display.text : '';
  const rules = (offers ?? []).flatMap(({ rules }) => rules);
  return [approvalTitle(action), command, cwd, shown, ...rules].join('\n').replaceAll('\r\n', '\n');
}

/** The complete effect: a command is never cut, a diff scrolls. */
function Subject({ approval }: { readonly approval: Approval }) {
  const { display, command } = approval;
  if (command !== undefined) return <ApprovalCardCommand approval={approval} />;
  if (display.kind === 'diff') {
    return (
      <div className="my-2 min-h-0 overflow-y-auto">
        <DiffView diff={display} maxHeightPx={260} wraps />
      </div>
    );
  }
  if (display.kind === 'text') {
    return (
      <pre
        tabIndex={0}
        className="my-2 min-h-[34px] overflow-y-auto rounded-md border border-border bg-term px-2.5 py-1.5 font-mono text-code break-words whitespace-pre-wrap text-term-ink"
      >
        <ExactText text={display.text} />
      </pre>
    );
  }
  return <div className="h-2" />;
}
