import { ADCPMultiAgentClient } from '@adcp/client';

const { SEED_URL, SEED_KEY } = process.env;

/** Stands for the `testAgent` of the page: the same client, another address and key. */
export const testAgent = new ADCPMultiAgentClient([
  { id: 'seller', name: 'Rollcall', agent_uri: SEED_URL, protocol: 'mcp', auth_token: SEED_KEY },
]).agent('seller');
