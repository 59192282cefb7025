import type { SettingsError } from './settings-error.ts';

/** Why a change failed, and what to do about it. */
export function ErrorNote({ error }: { readonly error: SettingsError }) {
  return (
    <div role="alert" className="rounded-md border border-err/40 bg-err-tint px-2.5 py-2 text-row text-text-1">
      <p className="break-words">{error.message}</p>
      {error.place !== undefined && <p className="font-mono text-code break-all text-text-2">{error.place}</p>}
      {error.remedy !== undefined && <p className="text-text-2">{error.remedy}</p>}
    </div>
  );
}
