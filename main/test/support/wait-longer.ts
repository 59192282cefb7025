/** A setup file: `vi.waitFor` waits up to 30 s instead of one, for a busy machine. Vitest has no setting for it. */
import { vi } from 'vitest';

const waitFor = vi.waitFor;
vi.waitFor = (condition, options = { timeout: 30_000 }) => waitFor(condition, options);
