import { GEMINI, VERTEX } from './support/agent-protocols.ts';
import { describeAgent } from './support/agent-scenarios-suite.ts';

describeAgent(VERTEX, GEMINI);
