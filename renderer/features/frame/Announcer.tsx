import { useUi } from '../../stores/index.ts';

/** The polite live region: approvals, ends of tasks and turns, for those who do not see them appear. */
export function Announcer() {
  const { turn, text } = useUi((ui) => ui.announcement);
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {/* A new node for every sentence: the same one twice is read twice. */}
      <p key={turn}>{text}</p>
    </div>
  );
}
