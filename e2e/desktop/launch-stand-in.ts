import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Frame, Page, Route } from '@playwright/test';
import { preloadScript } from './page-preload.ts';
import type { ToMain, ToTest, WindowOptions } from './wire.ts';

/** The page's origin for the browser, which does not know app://; a secure one, like app://. Nothing listens there. */
const PAGE_ORIGIN = 'https://gantry.test';
const APP_ORIGIN = 'app://gantry';

export interface StandInDesktop {
  readonly page: Page;
  readonly process: ChildProcess;
  readonly windowOptions: WindowOptions;
  /** Names and arguments of the native calls the app made, oldest first. */
  readonly calls: readonly { readonly name: string; readonly args: readonly unknown[] }[];
  /** The answers to `dialog.showOpenDialog` and `dialog.showMessageBox` from now on. */
  answer(name: string, how: (args: readonly unknown[]) => unknown): void;
  send(message: ToMain): void;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

/** Starts the built desktop entry with the stand-in and shows its first window in `context`. */
export async function launchStandIn(
  context: BrowserContext,
  options: { entry: string; args: readonly string[]; env: Record<string, string> },
): Promise<StandInDesktop> {
  const main = fork(join(import.meta.dirname, 'run-main.ts'), [options.entry, ...options.args], {
    env: options.env,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const send = (message: ToMain) => void (main.connected && main.send(message, () => {})); // it may be ending
  const ended = new Promise<number | null>((resolve) => void main.once('exit', resolve));
  const calls: { name: string; args: readonly unknown[] }[] = [];
  const answers = new Map<string, (args: readonly unknown[]) => unknown>();
  const responses = createQuestions<Extract<ToTest, { t: 'response' }>>();
  const verdicts = createQuestions<Extract<ToTest, { t: 'verdict' }>>();
  let page: Page | undefined;
  /** Messages of the host since the last delivery began: they are sent to the page in order, all that wait at once. */
  let undelivered: (readonly [channel: string, args: readonly unknown[]])[] = [];
  let delivering = false;

  const first = Promise.withResolvers<{ page: Page; windowOptions: WindowOptions }>();
  main.once('exit', (code) => first.reject(new Error(`the desktop ended with code ${code} before it had a window`)));

  main.on('message', (raw) => {
    const message = raw as ToTest; // the stand-in is always the other end
    switch (message.t) {
      case 'window':
        void openPage(message.windowId, message.options).then(first.resolve, first.reject);
        return;
      case 'load':
        void first.promise
          .then(({ page: opened }) => opened.goto(toPageUrl(message.url)))
          .then(() => send({ t: 'painted', windowId: message.windowId }), ignoreClosed);
        return;
      case 'closed':
        void page?.close();
        return;
      case 'send':
        undelivered.push([message.channel, message.args]);
        void deliverAll();
        return;
      case 'called':
        calls.push(message);
        return;
      case 'ask':
        send({ t: 'answer', askId: message.askId, value: answers.get(message.name)?.(message.args) });
        return;
      case 'response':
        responses.settle(message.requestId, message);
        return;
      case 'verdict':
        verdicts.settle(message.requestId, message);
    }
  });

  async function deliverAll(): Promise<void> {
    if (delivering) return;
    delivering = true;
    while (undelivered.length > 0) {
      const messages = undelivered;
      undelivered = [];
      await page?.evaluate(deliver, messages).catch(ignoreClosed);
    }
    delivering = false;
  }

  async function openPage(windowId: number, windowOptions: WindowOptions): Promise<{ page: Page; windowOptions: WindowOptions }> {
    const opened = await context.newPage();
    page = opened;
    const width = Number(windowOptions['width']);
    await opened.setViewportSize({ width, height: Number(windowOptions['height']) });
    await opened.exposeBinding('__gantryPost', ({ frame }, message: { channel: string; args: unknown[] }) => {
      send({ t: 'message', windowId, ...message, frameUrl: toAppUrl(frame.url()), isMainFrame: frame === opened.mainFrame() });
    });
    const { preload } = windowOptions['webPreferences'] as { preload: string };
    await opened.addInitScript({ content: preloadScript(await readFile(preload, 'utf8')) });
    await opened.route('**/*', (route) => serve(route, windowId, opened.mainFrame()));
    opened.on('request', (request) => {
      if (request.isNavigationRequest() && request.frame() === opened.mainFrame())
        send({ t: 'navigating', windowId, url: toAppUrl(request.url()) });
    });
    opened.on('popup', (popup) => void judge(windowId, 'open', popup.url()).then((allowed) => (allowed ? undefined : popup.close())));
    opened.on('crash', () => send({ t: 'crashed', windowId }));
    return { page: opened, windowOptions };
  }

  function judge(windowId: number, what: 'navigate' | 'open', url: string): Promise<boolean> {
    return verdicts.ask((requestId) => send({ t: 'judge', requestId, windowId, what, url })).then(({ allowed }) => allowed);
  }

  /** The real handler answers for the page's origin; the real guards decide about navigation elsewhere. */
  async function serve(route: Route, windowId: number, mainFrame: Frame): Promise<void> {
    const request = route.request();
    const url = request.url();
    if (!url.startsWith(`${PAGE_ORIGIN}/`)) {
      const isLeaving = request.isNavigationRequest() && request.frame() === mainFrame;
      if (isLeaving && (await judge(windowId, 'navigate', url))) throw new Error(`the guards let the page go to ${url}`);
      return route.abort('aborted'); // the page stays, as in Electron
    }
    const { status, headers, body } = await responses.ask((requestId) =>
      send({ t: 'request', requestId, url: toAppUrl(url), method: request.method() }),
    );
    await route.fulfill({ status, headers, body: Buffer.from(body) });
  }

  return {
    ...(await first.promise),
    process: main,
    calls,
    answer: (name, how) => void answers.set(name, how),
    send,
    ended,
  };
}

/** Runs in the page. Bytes arrive as Uint8Array, as from Electron's clone. */
function deliver(messages: readonly (readonly [channel: string, args: readonly unknown[]])[]): void {
  const receive: unknown = Reflect.get(globalThis, '__gantryDeliver');
  if (typeof receive === 'function') for (const [channel, args] of messages) receive(channel, args);
}

/** A message to a page that has just closed is lost, as in Electron. */
function ignoreClosed(): void {}

function createQuestions<A>() {
  const waiting = new Map<number, (answer: A) => void>();
  let nextId = 1;
  return {
    ask(post: (id: number) => void): Promise<A> {
      const id = nextId++;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        post(id);
      });
    },
    settle(id: number, answer: A): void {
      waiting.get(id)?.(answer);
      waiting.delete(id);
    },
  };
}

const toPageUrl = (url: string): string => url.replace(APP_ORIGIN, PAGE_ORIGIN);
const toAppUrl = (url: string): string => url.replace(PAGE_ORIGIN, APP_ORIGIN);
