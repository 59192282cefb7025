import { ANTHROPIC, GEMINI } from './support/agent-protocols.ts';
import { describeAgent } from './support/agent-scenarios-suite.ts';

describeAgent(GEMINI, ANTHROPIC);
