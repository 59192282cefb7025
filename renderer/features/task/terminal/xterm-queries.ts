import type { IDisposable, IParser } from '@xterm/xterm';

/**
 * Keeps xterm from answering the program's queries: the host answers them once, however many views there are, and an answer
 * from here would arrive as if the user had typed it. Also ignored: the clipboard (OSC 52) and all queries about colours.
 * Source: docs/background-tasks.md, BT-30; the queries are those for which xterm 6 produces data by itself.
 */
export function silenceQueries({ parser }: { readonly parser: IParser }): IDisposable {
  const swallow = () => true;
  /** A program may set a colour; a query (`?`) is answered by the host. */
  const swallowQuestion = (data: string) => data.includes('?');
  const handlers = [
    parser.registerCsiHandler({ final: 'c' }, swallow), // DA1
    parser.registerCsiHandler({ prefix: '>', final: 'c' }, swallow), // DA2
    parser.registerCsiHandler({ prefix: '=', final: 'c' }, swallow), // DA3
    parser.registerCsiHandler({ final: 'n' }, swallow), // DSR
    parser.registerCsiHandler({ prefix: '?', final: 'n' }, swallow), // DSR, private
    parser.registerCsiHandler({ intermediates: '$', final: 'p' }, swallow), // DECRQM, ANSI
    parser.registerCsiHandler({ prefix: '?', intermediates: '$', final: 'p' }, swallow), // DECRQM
    parser.registerCsiHandler({ prefix: '>', final: 'q' }, swallow), // XTVERSION
    parser.registerCsiHandler({ prefix: '?', final: 'u' }, swallow), // keyboard protocol
    parser.registerCsiHandler({ final: 't' }, swallow), // window reports and manipulation
    parser.registerDcsHandler({ intermediates: '$', final: 'q' }, swallow), // DECRQSS
    parser.registerEscHandler({ final: 'Z' }, swallow), // DECID
    ...[4, 10, 11, 12].map((code) => parser.registerOscHandler(code, swallowQuestion)),
    parser.registerOscHandler(52, swallow),
  ];
  return { dispose: () => handlers.forEach((handler) => handler.dispose()) };
}
