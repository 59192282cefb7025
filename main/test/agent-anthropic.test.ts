import { ANTHROPIC, OPENAI } from './support/agent-protocols.ts';
import { describeAgent } from './support/agent-scenarios-suite.ts';

describeAgent(ANTHROPIC, OPENAI);
