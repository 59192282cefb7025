import type { ProviderId } from '../../../preload/contract/index.ts';

export interface SettingsScreenProps {
  readonly onClose: () => void;
  /** Opens this provider's key field: where a refused key is replaced. */
  readonly focusProviderId?: ProviderId;
}

export function SettingsScreen({ onClose }: SettingsScreenProps) {
  return (
    <button type="button" onClick={onClose}>
      Close
    </button>
  );
}
