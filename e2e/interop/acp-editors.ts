/** The real clients of the Agent Client Protocol that editors contain: the newest release, and the one that many still have. */
import { once } from 'node:events';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { client, ndJsonStream, type RequestPermissionRequest, type Stream } from '@agentclientprotocol/sdk';
import { type ProgramName, start } from './programs.ts';
import type { World } from './world.ts';

export const SDK_VERSIONS = ['2.4.0', '0.14.1'] as const;
export type SdkVersion = (typeof SDK_VERSIONS)[number];

type Fields = Readonly<Record<string, unknown>>;

/** What the program asked and sent the editor, in order. */
export interface Heard {
  readonly method: string;
  readonly params: Fields;
}

export interface Editor extends AsyncDisposable {
  /** The answer to `initialize`. */
  readonly initialized: Fields;
  readonly heard: Heard[];
  /** The answer to the next permission requests. */
  answer: (request: RequestPermissionRequest) => object;
  request(method: string, params: object): Promise<Fields>;
  notify(method: string, params: object): Promise<void>;
  /** Ends its input, and resolves with its exit code. */
  end(): Promise<number | null>;
}

export interface EditorOptions {
  readonly sdk: SdkVersion;
  /** Texts that are open in it, by path; absent: it lends no files. */
  readonly texts?: Map<string, string>;
}

export async function startEditor(program: Exclude<ProgramName, '0.15.10'>, world: World, { sdk, texts }: EditorOptions): Promise<Editor> {
  const child = start(program, world, ['--acp']);
  child.stderr.resume();
  child.stdin.on('error', () => undefined); // the test may end it first
  const closed = once(child, 'close');
  const heard: Heard[] = [];
  const editor = {
    answer: (_request: RequestPermissionRequest): object => ({ outcome: { outcome: 'selected', optionId: 'proceed_once' } }),
  };

  /** Undefined: the editor does not know the method. */
  async function serve(method: string, params: Fields): Promise<object | undefined> {
    heard.push({ method, params });
    if (method === 'session/request_permission') return editor.answer(params as never); // as the SDK has checked it
    if (texts === undefined) return undefined;
    const path = String(params['path']);
    if (method === 'fs/write_text_file') {
      texts.set(path, String(params['content']));
      return {};
    }
    return method === 'fs/read_text_file' ? { content: texts.get(path) ?? '' } : undefined;
  }

  const stream = ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>);
  const link = sdk === '2.4.0' ? connectNewest(stream, serve) : await connectOlder(stream, serve);
  const files = texts !== undefined;
  const request: Editor['request'] = async (method, params) => (await link.request(method, params)) as Fields;
  return Object.assign(editor, {
    heard,
    request,
    notify: link.notify,
    async end() {
      child.stdin.end();
      await closed;
      return child.exitCode;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await closed;
      clearTimeout(late);
    },
    initialized: await request('initialize', {
      protocolVersion: 1,
      clientCapabilities: { fs: { readTextFile: files, writeTextFile: files } },
    }),
  });
}

type Serve = (method: string, params: Fields) => Promise<object | undefined>;

interface Link {
  request(method: string, params: object): Promise<unknown>;
  notify(method: string, params: object): Promise<void>;
}

function connectNewest(stream: Stream, serve: Serve): Link {
  const raw = (params: unknown) => params as Fields;
  const app = client({ name: 'editor' }).onNotification('*', ({ method, params }) => void serve(method, raw(params)));
  app.onNotification('session/update', ({ params }) => void serve('session/update', raw(params)));
  for (const method of ['session/request_permission', 'fs/read_text_file', 'fs/write_text_file'])
    app.onRequest(method, raw, ({ params }) => serve(method, params));
  const { agent } = app.connect(stream);
  return { request: (method, params) => agent.request(method, params), notify: (method, params) => agent.notify(method, params) };
}

/** The names of its methods. */
const OLDER_NAMES: Readonly<Record<string, string>> = {
  initialize: 'initialize',
  authenticate: 'authenticate',
  'session/new': 'newSession',
  'session/load': 'loadSession',
  'session/resume': 'unstable_resumeSession',
  'session/list': 'unstable_listSessions',
  'session/prompt': 'prompt',
  'session/cancel': 'cancel',
  'session/set_mode': 'setSessionMode',
  'session/set_model': 'unstable_setSessionModel',
  'session/set_config_option': 'setSessionConfigOption',
};

async function connectOlder(stream: Stream, serve: Serve): Promise<Link> {
  const entry = join(process.env['GANTRY_INTEROP_QWEN'] ?? '', 'acp-sdk-0.14.1/node_modules/@agentclientprotocol/sdk/dist/acp.js');
  const { ClientSideConnection } = await import(pathToFileURL(entry).href);
  const made = new ClientSideConnection(
    () => ({
      sessionUpdate: (params: Fields) => serve('session/update', params).then(() => undefined),
      requestPermission: (params: Fields) => serve('session/request_permission', params),
      readTextFile: (params: Fields) => serve('fs/read_text_file', params),
      writeTextFile: (params: Fields) => serve('fs/write_text_file', params),
      extNotification: (method: string, params: Fields) => serve(method, params).then(() => undefined),
      extMethod: (method: string, params: Fields) => serve(method, params).then((answer) => answer ?? {}),
    }),
    stream,
  );
  const call = async (method: string, params: object) => {
    const name = OLDER_NAMES[method];
    return name === undefined ? made.extMethod(method, params) : made[name](params);
  };
  return { request: call, notify: async (method, params) => void (await call(method, params)) };
}
