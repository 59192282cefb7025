/** A server on a real engine with a scripted model; both are closed when the test has finished. */
import { onTestFinished } from 'vitest';
import type { Clock } from '../engine/index.ts';
import type { Confirmation } from '../rpc/index.ts';
import { createEngineFixture, type FixtureOptions } from '../test/support/engine-fixture.ts';
import { startServer } from './index.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** `confirms`: the answer to each confirmation; they are collected in `questions`. */
export type ServerFixtureOptions = FixtureOptions & { readonly confirms?: boolean };

export async function startTestServer(options: ServerFixtureOptions, clock: Clock) {
  const engine = await createEngineFixture({ ...options, hostKind: 'desktop' });
  const questions: Confirmation[] = [];
  const server = await startServer({
    ...{ engine: engine.engine, logger: silent, version: '1.2.3', rendererRoot: engine.root, workspace: engine.root },
    ...{ port: 0, validate: true, clock },
    async confirm(question) {
      questions.push(question);
      return options.confirms ?? false;
    },
  });
  onTestFinished(async () => {
    await server.close();
    await engine.close();
  });
  return { engine, questions, server, auth: { authorization: `Bearer ${server.token}` } };
}
