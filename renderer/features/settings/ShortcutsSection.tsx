import type { KeyboardEvent } from 'react';
import { useState } from 'react';
import { useActions, useUi } from '../../stores/index.ts';
import { Button, Kbd } from '../../ui/index.ts';
import { FIXED_KEYS, type KeyAction, TAKEN_CHORDS } from '../frame/index.ts';
import { chordLabel, chordOf, chordProblem, type ChordProblem, DEFAULT_PROMOTE_KEY, usePromoteKey } from '../task/index.ts';
import { Section } from './Section.tsx';
import { t } from './text.ts';

export function ShortcutsSection() {
  return (
    <Section title={t('settings.shortcuts.title')} intro={t('settings.shortcuts.intro')}>
      <MoveKey />
      <h2 className="mt-6 mb-2 text-row font-[550]">{t('settings.shortcuts.fixed')}</h2>
      <ul aria-label={t('settings.shortcuts.fixed')} className="divide-y divide-border rounded-lg border border-border bg-panel">
        {FIXED_KEYS.map(({ label, does }) => (
          <li key={label} className="flex min-h-9 items-center justify-between gap-3 px-3.5 py-1.5">
            {t(does)}
            <Kbd>{label}</Kbd>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** A button that, once pressed, records the next key; a key in use is refused, with its current action. */
function MoveKey() {
  const { chord, label } = usePromoteKey();
  const { setMoveToBackgroundKey } = useActions();
  const announce = useUi((ui) => ui.announce);
  const [choosing, setChoosing] = useState(false);
  const [refused, setRefused] = useState<string>();

  const stop = () => {
    setChoosing(false);
    setRefused(undefined);
  };
  const press = (event: KeyboardEvent) => {
    if (!choosing) return;
    // Tab leaves the button as usual, so that there is no keyboard trap.
    if (event.key === 'Tab') return stop();
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') return stop();
    const pressed = chordOf(event.nativeEvent);
    if (pressed === undefined || event.repeat) return;
    const problem = pressed === chord ? undefined : chordProblem(pressed, TAKEN_CHORDS);
    if (problem !== undefined) return setRefused(sentence(problem, chordLabel(pressed)));
    stop();
    if (pressed !== chord) choose(pressed);
  };
  const choose = (wanted: string) =>
    void setMoveToBackgroundKey(wanted === DEFAULT_PROMOTE_KEY ? null : wanted).then(
      (done) => done && announce(t('settings.shortcuts.changed', { key: chordLabel(wanted) })),
    );

  return (
    <div className="rounded-lg border border-border bg-panel px-3.5 py-2.5">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-60 flex-1">
          {t('settings.shortcuts.move')}
          <p id="move-key-hint" className="text-meta text-text-3">
            {choosing ? t('settings.shortcuts.pressHint') : t('settings.shortcuts.moveHint')}
          </p>
        </div>
        {chord !== DEFAULT_PROMOTE_KEY && !choosing && (
          <Button look="quiet" onClick={() => choose(DEFAULT_PROMOTE_KEY)}>
            {t('settings.shortcuts.reset', { key: chordLabel(DEFAULT_PROMOTE_KEY) })}
          </Button>
        )}
        <Button
          data-chooses-keys={choosing ? '' : undefined}
          aria-label={choosing ? t('settings.shortcuts.press') : t('settings.shortcuts.now', { key: label })}
          aria-describedby="move-key-hint"
          aria-pressed={choosing}
          look={choosing ? 'primary' : 'outline'}
          onClick={() => setChoosing(true)}
          onKeyDown={press}
          onKeyUp={(event) => choosing && event.preventDefault()}
          onBlur={stop}
        >
          {choosing ? t('settings.shortcuts.press') : <Kbd>{label}</Kbd>}
        </Button>
      </div>
      <p role="alert" className="mt-1 text-meta text-err empty:hidden">
        {refused}
      </p>
    </div>
  );
}

function sentence(problem: ChordProblem<KeyAction>, key: string): string {
  return problem.kind === 'plain' ? t('settings.shortcuts.plain', { key }) : t('settings.shortcuts.taken', { key, by: t(problem.by) });
}
