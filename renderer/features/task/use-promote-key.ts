import type { KeyChord } from '../../../preload/contract/index.ts';
import { useSettings } from '../../stores/index.ts';
import { chordLabel, chordSpoken, DEFAULT_PROMOTE_KEY } from './key-chord.ts';

/** The key that moves a command to the background: as stored, as written, as spoken. */
export function usePromoteKey(): { readonly chord: KeyChord; readonly label: string; readonly spoken: string } {
  const chord = useSettings()?.moveToBackgroundKey ?? DEFAULT_PROMOTE_KEY;
  return { chord, label: chordLabel(chord), spoken: chordSpoken(chord) };
}
