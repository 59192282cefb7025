import { X } from 'lucide-react';
import { Tabs } from 'radix-ui';
import type { KeyboardEvent, ReactNode } from 'react';
import { FLOATING_PANEL_BELOW_PX, type PanelTab, useActiveSessionId, useTasksOfSession, useUi } from '../../stores/index.ts';
import { t } from '../../i18n.ts';
import { Chip, IconButton, keyLabel } from '../../ui/index.ts';

const TAB =
  'inline-flex items-center border-b-2 border-transparent px-2.5 text-row text-text-3 hover:text-text-1 data-[state=active]:border-accent data-[state=active]:text-text-1 focus-visible:outline-offset-[-2px]';

export interface RightPanelProps {
  readonly tasks: ReactNode;
  readonly plan: ReactNode;
  readonly changes: ReactNode;
  /** Small buttons beside the tabs. */
  readonly tools?: ReactNode;
}

/** 400 px at the right, floating over the transcript in a narrow window. */
export function RightPanel({ tasks, plan, changes, tools }: RightPanelProps) {
  const panel = useUi((ui) => ui.panel);
  const setPanel = useUi((ui) => ui.setPanel);
  /** While the panel floats, Escape closes it like a dialog; in a terminal, Escape belongs to the program. */
  const closeFloating = (event: KeyboardEvent) => {
    const inTerminal = event.target instanceof Element && event.target.closest('.xterm') !== null;
    if (event.key !== 'Escape' || event.defaultPrevented || inTerminal || window.innerWidth >= FLOATING_PANEL_BELOW_PX) return;
    event.preventDefault();
    setPanel(undefined);
    document.querySelector<HTMLElement>('[data-panel-toggle]')?.focus();
  };
  if (panel === undefined) return null;
  return (
    <aside
      aria-label={t('frame.panel')}
      onKeyDown={closeFloating}
      className="flex min-h-0 w-[clamp(320px,32vw,400px)] max-[999.9px]:w-[min(400px,100%)] shrink-0 flex-col border-l border-border bg-panel max-[999.9px]:absolute max-[999.9px]:inset-y-0 max-[999.9px]:right-0 max-[999.9px]:z-20 max-[999.9px]:shadow-overlay"
    >
      <Tabs.Root value={panel} onValueChange={(value) => setPanel(asTab(value))} className="flex min-h-0 flex-1 flex-col">
        <div className="flex h-9 shrink-0 items-stretch border-b border-border px-2">
          <Tabs.List className="flex flex-1 items-stretch gap-0.5" aria-label={t('frame.panel')}>
            <Tabs.Trigger value="tasks" data-pane="panel" className={TAB}>
              {t('frame.tabTasks')}
              <RunningCount />
            </Tabs.Trigger>
            <Tabs.Trigger value="plan" className={TAB}>
              {t('frame.tabPlan')}
            </Tabs.Trigger>
            <Tabs.Trigger value="changes" className={TAB}>
              {t('frame.tabChanges')}
            </Tabs.Trigger>
          </Tabs.List>
          {tools}
          <IconButton
            label={t('frame.closePanel')}
            keys={keyLabel('Mod J')}
            icon={<X size={14} aria-hidden />}
            className="self-center"
            onClick={() => setPanel(undefined)}
          />
        </div>
        <Tabs.Content value={panel} tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
          {panel === 'tasks' ? tasks : panel === 'plan' ? plan : changes}
        </Tabs.Content>
      </Tabs.Root>
    </aside>
  );
}

const asTab = (value: string): PanelTab => (value === 'plan' || value === 'changes' ? value : 'tasks');

function RunningCount() {
  const running = useTasksOfSession(useActiveSessionId()).filter((task) => task.placement === 'background' && task.endedAtMs === undefined);
  if (running.length === 0) return null;
  return (
    <span className="ml-2">
      <Chip tone="run">{running.length}</Chip>
    </span>
  );
}
