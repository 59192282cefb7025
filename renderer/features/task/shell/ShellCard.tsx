import type { ToolItem } from '../../../../preload/contract/index.ts';
import { useTask } from '../../../stores/index.ts';
import { BackgroundRow } from './BackgroundRow.tsx';
import { EndedShellRow } from './EndedShellRow.tsx';
import { RunningShellCard } from './RunningShellCard.tsx';
import { shellFace } from './shell-card-state.ts';
import { WaitingShellRow } from './WaitingShellRow.tsx';

/** A shell command in the transcript: a live terminal while it runs in the foreground, a row before and after. */
export function ShellCard({ item }: { readonly item: ToolItem }) {
  const shell = item.display.kind === 'shell' ? item.display : undefined;
  const task = useTask(shell?.taskId);
  const command = shell?.command ?? item.target;
  switch (shellFace(item, task)) {
    case 'waiting':
      return <WaitingShellRow command={command} asking={item.status === 'awaiting_approval'} />;
    case 'live':
      return task === undefined ? null : <RunningShellCard task={task} marks={shell?.marks} />;
    case 'background':
      return <BackgroundRow command={command} marks={shell?.marks} task={task} />;
    case 'ended':
      return <EndedShellRow item={item} command={command} />;
  }
}
