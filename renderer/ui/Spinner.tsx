import { LoaderCircle } from 'lucide-react';

/** Shows progress, but only after 300 ms, so that quick work does not flicker. */
export function Spinner({ label, sizePx = 14 }: { readonly label: string; readonly sizePx?: number }) {
  return (
    <span role="status" aria-label={label} className="inline-flex animate-appear-late text-text-3">
      <LoaderCircle size={sizePx} className="animate-spin" aria-hidden />
    </span>
  );
}
