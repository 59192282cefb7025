/** The session of a run: a new one, the latest, a named one, or a copy; and the messages about folder and settings. */
import { defined, type ProjectSummary, SessionId, type SessionSnapshot } from '../../../preload/contract/index.ts';
import { EngineError, type SessionOptions } from '../../engine/index.ts';
import type { RunArgs } from '../args/args.ts';
import { EXIT } from '../exit-codes.ts';
import type { RunFailure } from '../output/failure.ts';
import { ANSWER_BY_TOOL } from './json-schema.ts';
import { pickSession } from './pick-session.ts';
import type { RunContext } from './run-context.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface OpenedSession {
  readonly project: ProjectSummary;
  readonly snapshot: SessionSnapshot;
  /** Begins another session with the same options. Errors: `EngineError`. */
  renew(): Promise<SessionSnapshot>;
}

/** Opens the folder at the first call, and only once. */
export function projectOpener({ engine, args, cwd }: Pick<RunContext, 'engine' | 'args' | 'cwd'>): RunContext['openProject'] {
  let opening: Promise<ProjectSummary> | undefined;
  return () => (opening ??= engine.projects.open(cwd, { remember: false, ...(args.trust ? { trust: true } : {}) }));
}

const AUTO_IN_SETTINGS =
  'tools.approvalMode in the settings is auto, which runs as auto-edit: no model judges calls. --approval-mode chooses another mode.';

/** `answers`: a program answers approvals. */
export interface OpenOptions extends Pick<SessionOptions, 'onToolResult' | 'agents'> {
  readonly answers: boolean;
  /** The program also answers questions of the agent. */
  readonly answersQuestions?: boolean;
}

/** Errors: `EngineError`. */
export async function openSession(run: RunContext, { answers, answersQuestions = false, ...more }: OpenOptions): Promise<OpenedSession> {
  const { engine, args, say } = run;
  const project = await run.openProject();
  if (project.trust !== 'trusted' && project.projectFiles.length > 0) {
    say(`This folder is not trusted, so its own files are not used: ${project.projectFiles.join(', ')}. To use them: --trust.`);
  }
  const { problems, values } = await engine.settings.describe(project.id);
  const isAuto = values.some(({ key, text }) => key === 'tools.approvalMode' && text === 'auto');
  if (isAuto && args.approvalMode === undefined) say(AUTO_IN_SETTINGS);
  for (const { path, line, column, message } of problems) {
    say(`${path}${line === undefined ? '' : `:${line}:${column ?? 1}`}: ${message} This file is ignored until it is fixed.`);
  }
  const options = {
    ...(await systemPromptOf(run, project)),
    ...sessionOptions(args, answers),
    answersQuestions,
    acceptsAnyModel: answers,
    ...answerShape(run),
    ...more,
    sendsUnknownCommands: true,
  };
  const { sessionId: _used, ...again } = options;
  const renew = () => engine.sessions.create(project.id, again);
  const old = await oldSession(run, project);
  if (old === undefined) {
    const snapshot = await engine.sessions.create(project.id, options);
    tellNoTools(run, snapshot);
    return { project, snapshot, renew };
  }
  const id = args.fork ? await copy(run, project, old) : old;
  const snapshot = await engine.sessions.open(project.id, id, options);
  tellNoTools(run, snapshot);
  const { tookOverFrom: gone } = snapshot;
  if (gone !== undefined) say(`Took over the session from a program that has ended (${gone.host}, process ${gone.pid}).`);
  return { project, snapshot, renew };
}

async function oldSession({ engine, args, say }: RunContext, project: ProjectSummary): Promise<SessionId | undefined> {
  const { session } = args;
  if (session.kind === 'new') return undefined;
  if (session.kind === 'resume' && UUID.test(session.id)) return SessionId.parse(session.id);
  const sessions = await engine.sessions.list(project.id);
  if (session.kind === 'continue') {
    if (sessions.length === 0) say('This folder has no session to continue; a new one is started.');
    return sessions[0]?.id;
  }
  const pick = pickSession(sessions, session.id);
  if (pick.kind === 'refused') throw new EngineError('session_unknown', pick.message);
  return pick.session.id;
}

async function copy({ engine, args }: RunContext, project: ProjectSummary, id: SessionId): Promise<SessionId> {
  const newId = args.forkId === undefined ? {} : { newId: SessionId.parse(args.forkId) };
  return (await engine.sessions.branch(project.id, id, newId)).session.id;
}

function sessionOptions(args: RunArgs, answers: boolean): SessionOptions {
  const id = args.session.kind === 'new' && args.session.id !== undefined ? SessionId.parse(args.session.id) : undefined;
  return {
    unattended: !answers,
    ...(answers ? { unattendedRetry: true } : {}),
    allowedTools: args.allowedTools,
    extraFolders: args.includeDirectories,
    ...defined({ sessionId: id }),
    ...(args.model === undefined ? {} : { model: { modelId: args.model } }),
    ...defined({
      mode: args.approvalMode,
      systemPrompt: args.systemPrompt,
      appendSystemPrompt: args.appendSystemPrompt,
      maxTurns: args.maxSessionTurns,
      maxToolCalls: args.maxToolCalls,
    }),
  };
}

/** Without this, a misspelt name would leave the model without tools for no visible reason. */
function tellNoTools({ args, say }: RunContext, { toolNames }: SessionSnapshot): void {
  if (args.settings['tools'] === undefined || toolNames === undefined || toolNames.length > 0) return;
  say('No built-in tool is left by --core-tools and --exclude-tools. Check the names; read_file, glob and edit are some.');
}

/** Follows the text of `--system-prompt`. */
async function systemPromptOf({ systemPromptFile }: RunContext, { path, trust }: ProjectSummary): Promise<{ systemPrompt?: string }> {
  if (systemPromptFile === undefined) return {};
  const { readSystemPrompt } = await import('./system-prompt-file.ts');
  const systemPrompt = await readSystemPrompt(systemPromptFile, { root: path, isTrusted: trust === 'trusted' });
  return systemPrompt === undefined ? {} : { systemPrompt };
}

function answerShape({ args, jsonSchema }: RunContext): Pick<SessionOptions, 'outputSchema' | 'appendSystemPrompt'> {
  if (jsonSchema === undefined) return {};
  const more = args.appendSystemPrompt === undefined ? '' : `${args.appendSystemPrompt}\n\n`;
  return { outputSchema: jsonSchema, appendSystemPrompt: `${more}${ANSWER_BY_TOOL}` };
}

/** Another live process holds the session. */
export function heldFailure({ pid, host }: { pid: number; host: string }): RunFailure {
  const message = `This session is open in another program (${host}, process ${pid}). Close it there, or work on a copy: --fork-session.`;
  return { message, exitCode: EXIT.failure };
}
