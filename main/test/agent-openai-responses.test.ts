import { OPENAI, OPENAI_RESPONSES } from './support/agent-protocols.ts';
import { describeAgent } from './support/agent-scenarios-suite.ts';

describeAgent(OPENAI_RESPONSES, OPENAI);
