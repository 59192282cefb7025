/**
 * A setup file: test files that share a process must not mock modules, because a mock replaces the module for every later file.
 * Which file would fail depends on the order.
 */
import { vi } from 'vitest';

vi.mock = vi.doMock = () => {
  throw new Error('This test shares its process with others: move it to a folder that SHARED in vite.config.ts does not name.');
};
