/**
 * Which pty host serves which viewer. What is asked of a task whose process is still being prepared is kept and done, in
 * order, when it is there: a viewer may attach from the first moment (BT-8).
 */
import { type OutputFrame, ViewerId } from '../../../preload/contract/index.ts';
import { EngineError } from '../errors.ts';
import type { PtyHost } from '../ports.ts';
import type { Task } from './task.ts';
import type { TaskView } from './task-api.ts';

export interface ViewerRoutes {
  /** Without a `task` it is one of an earlier run, of which only the files are left. */
  attach(view: TaskView, rawPath: string, deliver: (frame: OutputFrame) => void, task?: Task): ViewerId;
  /** Errors: throws viewer_unknown. */
  detach(viewerId: ViewerId): void;
  /** Does `act` with the pty host of the viewer; nothing for an unknown one. */
  withHost(viewerId: ViewerId, act: (host: PtyHost) => void): void;
  clear(): void;
}

interface Route {
  readonly task: Task | undefined;
  host: PtyHost | undefined;
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
      const route: Route = { task, host: undefined };
      routes.set(viewerId, route);
      const open = () => {
        route.host = ptyHost();
        route.host.attach({ ...view, viewerId, rawPath }, deliver);
      };
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
    clear: () => routes.clear(),
  };
}
