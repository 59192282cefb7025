import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';
import type { ContextMeter } from '../../../../preload/contract/index.ts';
import { useActions, useActiveSessionId } from '../../../stores/index.ts';
import { t } from '../text.ts';
import { Button, formatTokens } from '../../../ui/index.ts';
import { contextPercent } from './context-percent.ts';

/** From here on the context window is nearly full. Unit: percent. */
const NEARLY_FULL = 80;

/** How much of the model's context window is used, with details on click; hidden while that is not known. */
export function ContextGauge({ context }: { readonly context: ContextMeter }) {
  const sessionId = useActiveSessionId();
  const { runSlash } = useActions();
  const percent = contextPercent(context);
  if (percent === undefined) return null;
  const tone = percent >= NEARLY_FULL ? 'text-warn' : 'text-text-3';
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" className={`h-7 shrink-0 rounded-md px-2 text-meta whitespace-nowrap hover:bg-wash ${tone}`}>
          <Meter percent={percent}>{percent} %</Meter>
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="top"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label={t('composer.contextDetails')}
          className="z-50 flex w-72 animate-fade-in flex-col gap-2 rounded-lg border border-border-strong bg-raised p-3 text-row shadow-overlay"
        >
          <p className="text-text-1">
            {t('composer.context', { used: formatTokens(context.usedTokens), window: formatTokens(context.windowTokens) })}
          </p>
          <div aria-hidden className="h-1.5 overflow-hidden rounded-full bg-wash-2">
            <div className={`h-full ${percent >= NEARLY_FULL ? 'bg-warn' : 'bg-accent'}`} style={{ width: `${percent}%` }} />
          </div>
          <p className="text-meta text-text-2">
            {t('composer.contextFree', { tokens: formatTokens(Math.max(0, context.windowTokens - context.usedTokens)) })}
          </p>
          <p className="text-meta text-text-3">{t('composer.compactAt')}</p>
          {sessionId !== undefined && (
            <Popover.Close asChild>
              <Button className="justify-center" onClick={() => void runSlash('/context')}>
                {t('composer.contextDetails')}
              </Button>
            </Popover.Close>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Meter({ percent, children }: { readonly percent: number; readonly children: ReactNode }) {
  return (
    <span role="meter" aria-label={t('composer.contextLabel')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={percent}>
      {children}
    </span>
  );
}
