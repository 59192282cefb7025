/** A setup file: Testing Library waits up to 30 s instead of one, for a machine that other programs keep busy. */
import { configure } from '@testing-library/react';

configure({ asyncUtilTimeout: 60_000 });
