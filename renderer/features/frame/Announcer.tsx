import { useUi } from '../../stores/index.ts';

/** The polite live region: announces approvals and ends of tasks and turns to screen reader users. */
export function Announcer() {
  const { turn, text } = useUi((ui) => ui.announcement);
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {/* A new node for each sentence, so that a repeated sentence is announced again. */}
      <p key={turn}>{text}</p>
    </div>
  );
}
