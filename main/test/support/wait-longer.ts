/** A setup file: `vi.waitFor` waits up to 60 s instead of one, for a busy machine. Vitest has no setting for it. */
import { vi } from 'vitest';

const waitFor = vi.waitFor;
vi.waitFor = (condition, options = { timeout: 60_000 }) => waitFor(condition, options);
