/** The building blocks of the request tables. */
import * as z from 'zod/mini';

/** Marks a field that must never reach a log; see `redactParams` in main/rpc. */
export const SECRET = { secret: true } as const;

export const none = z.object({});
export const path = z.string().check(z.minLength(1), z.maxLength(4096));

/** One row: the schemas of the parameters and the result. */
export const request = <P extends z.ZodMiniType, R extends z.ZodMiniType>(params: P, result: R) => ({ params, result });
