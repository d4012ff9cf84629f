import { ADCPMultiAgentClient } from '@adcp/client';

const { SEED_URL, SEED_KEY } = process.env;

/** Stands for the `testAgent` of the page: the same client, another address and key. */
export const testAgent = new ADCPMultiAgentClient([
  { id: 'seller', name: 'Rollcall', agent_uri: SEED_URL, protocol: 'mcp', auth_token: SEED_KEY },
]).agent('seller');

// @adcp/client 4.8 has the task but not yet the method that the page calls; this is all that the method does.
testAgent.syncAudiences ??= (params) => testAgent.executeTask('sync_audiences', params);
