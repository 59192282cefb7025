import type { KeyboardEvent, PointerEvent } from 'react';
import { SIDEBAR_WIDTH_PX, useUi } from '../../stores/index.ts';
import { t } from '../../i18n.ts';

const STEP_PX = 16;

/** The right edge of the sidebar: it can be dragged, or moved with the arrow keys. */
export function SidebarResizer({ widthPx }: { readonly widthPx: number }) {
  const setWidth = useUi((ui) => ui.setSidebarWidth);
  const onPointerMove = (event: PointerEvent) => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) setWidth(event.clientX);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowLeft' ? -STEP_PX : event.key === 'ArrowRight' ? STEP_PX : 0;
    if (step === 0) return;
    event.preventDefault();
    setWidth(widthPx + step);
  };
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={t('frame.resizeSidebar')}
      aria-valuemin={SIDEBAR_WIDTH_PX.least}
      aria-valuemax={SIDEBAR_WIDTH_PX.most}
      aria-valuenow={widthPx}
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
      onDoubleClick={() => setWidth(SIDEBAR_WIDTH_PX.initial)}
      onKeyDown={onKeyDown}
      className="absolute inset-y-0 -right-1 z-10 w-2 cursor-col-resize touch-none after:absolute after:inset-y-0 after:left-[3px] after:w-px hover:after:bg-border-strong"
    />
  );
}
