/**
 * Maps viewers to their pty hosts. Requests for a task whose process is still being prepared are queued and run in
 * order once it exists, so that a viewer may attach from the first moment (BT-8).
 */
import { type OutputFrame, ViewerId } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { PtyHost } from '../ports.ts';
import type { Task } from './task.ts';
import type { TaskView } from './task-api.ts';

export interface ViewerRoutes {
  /** Without `task`, the viewer belongs to a task of an earlier run, of which only the files are left. */
  attach(view: TaskView, rawPath: string, deliver: (frame: OutputFrame) => void, task?: Task): ViewerId;
  /** Errors: throws viewer_unknown. */
  detach(viewerId: ViewerId): void;
  /** Runs `act` with the pty host of the viewer; does nothing for an unknown viewer. */
  withHost(viewerId: ViewerId, act: (host: PtyHost) => void): void;
  /**
   * A pty host has died: the next one sends each of its viewers a replay from the files, under the same id. Only once: a
   * host that dies during this replay is not restarted again.
   */
  move(lost: PtyHost): void;
  clear(): void;
}

interface Route {
  readonly task: Task | undefined;
  readonly open: () => void;
  host: PtyHost | undefined;
  hasMoved: boolean;
}

export function createViewerRoutes(ptyHost: () => PtyHost): ViewerRoutes {
  const routes = new Map<ViewerId, Route>();
  let next = 1;

  const whenReady = (route: Route, act: (host: PtyHost) => void) => {
    const run = () => {
      if (route.host !== undefined) act(route.host);
    };
    if (route.task === undefined) run();
    else route.task.whenSpawned(run);
  };

  return {
    attach(view, rawPath, deliver, task) {
      const viewerId = ViewerId.parse(next++);
      const open = () => {
        route.host = ptyHost();
        route.host.attach({ ...view, viewerId, rawPath }, deliver);
      };
      const route: Route = { task, open, host: undefined, hasMoved: false };
      routes.set(viewerId, route);
      if (task === undefined) open();
      else task.whenSpawned(open);
      return viewerId;
    },
    detach(viewerId) {
      const route = routes.get(viewerId);
      if (route === undefined) throw new EngineError('viewer_unknown', `There is no viewer ${viewerId}.`);
      routes.delete(viewerId);
      whenReady(route, (host) => host.detach(viewerId));
    },
    withHost(viewerId, act) {
      const route = routes.get(viewerId);
      if (route !== undefined) whenReady(route, act);
    },
    move(lost) {
      for (const route of routes.values()) {
        if (route.host !== lost) continue;
        route.host = undefined;
        if (route.hasMoved) continue;
        route.hasMoved = true;
        route.open();
      }
    },
    clear: () => routes.clear(),
  };
}
