import type { ContextMeter } from '../../../preload/contract/index.ts';
import { strings } from '../../strings.ts';
import { Tooltip } from '../../ui/index.ts';
import { contextPercent } from './context-percent.ts';

/** From here on the window is nearly full. Unit: percent. */
const NEARLY_FULL = 80;

/** How much of the model's window is used; nothing while that is not known. */
export function ContextGauge({ context }: { readonly context: ContextMeter }) {
  const percent = contextPercent(context);
  if (percent === undefined) return null;
  return (
    <Tooltip label={strings.composer.context(context)}>
      <span
        role="meter"
        aria-label={strings.composer.contextLabel}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        className={`shrink-0 px-2 text-meta whitespace-nowrap ${percent >= NEARLY_FULL ? 'text-warn' : 'text-text-3'}`}
      >
        {percent} %
      </span>
    </Tooltip>
  );
}
