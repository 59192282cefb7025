import type * as z from 'zod/mini';
import { appRequests } from './app-requests.ts';
import { approvalRequests } from './approval-requests.ts';
import { mcpRequests } from './mcp-requests.ts';
import { projectRequests } from './project-requests.ts';
import { providerRequests } from './provider-requests.ts';
import { sessionRequests } from './session-requests.ts';
import { settingsRequests } from './settings-requests.ts';
import { taskRequests } from './task-requests.ts';

/**
 * Requests: an intent with an answer. `<resource>.<verb>`.
 * The keys of this table are the allow-list of the bridge; types, dispatcher and client derive from it.
 */
export const requests = {
  ...appRequests,
  ...projectRequests,
  ...sessionRequests,
  ...approvalRequests,
  ...taskRequests,
  ...providerRequests,
  ...mcpRequests,
  ...settingsRequests,
} as const;

export type Requests = typeof requests;
export type RequestName = keyof Requests;
export type Params<M extends RequestName> = z.infer<Requests[M]['params']>;
export type Result<M extends RequestName> = z.infer<Requests[M]['result']>;
