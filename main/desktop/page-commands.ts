import type { EventData } from '../../preload/contract/index.ts';

export type PageCommand = EventData<'command.invoked'>;

export interface PageCommands {
  /** Sends the command to the page, or keeps it until a page exists. */
  invoke(command: PageCommand): void;
  /** Call it after a page's hello: sends the kept commands. */
  flush(): void;
  /** Call it when a page can exist. Before that, every command is kept. */
  open(way: { readonly isThere: () => boolean; readonly send: (command: PageCommand) => void }): void;
}

/** Commands to the page from the menu, a dropped folder or the command line, in order, from the start of the app. */
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
