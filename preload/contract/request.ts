/** The building blocks of the request tables. */
import { z } from 'zod';

/** Marks a field that must never reach a log; see `redactParams` in main/rpc. */
export const SECRET = { secret: true } as const;

export const none = z.object({});
export const path = z.string().min(1).max(4096);

/** One row: the schemas of the parameters and the result. */
export const request = <P extends z.ZodType, R extends z.ZodType>(params: P, result: R) => ({ params, result });
