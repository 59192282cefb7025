import type { EventData } from '../../preload/contract/index.ts';

export type PageCommand = EventData<'command.invoked'>;

export interface PageCommands {
  /** Tells the page, or keeps it until one is there. */
  invoke(command: PageCommand): void;
  /** A page has said hello: what was kept is told now. */
  flush(): void;
  /** From now on there can be a page. Before, everything is kept. */
  open(way: { readonly isThere: () => boolean; readonly send: (command: PageCommand) => void }): void;
}

/** What the menu, a dropped folder or the command line wants of the page, in order, from the first moment of the app. */
export function createPageCommands(): PageCommands {
  let kept: PageCommand[] = [];
  let way: Parameters<PageCommands['open']>[0] | undefined;
  return {
    invoke(command) {
      if (way?.isThere() === true) way.send(command);
      else kept.push(command);
    },
    flush() {
      const commands = kept;
      kept = [];
      for (const command of commands) way?.send(command);
    },
    open(opened) {
      way = opened;
    },
  };
}
