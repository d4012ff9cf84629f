import { all, get, run, type Script } from './script.ts';

/** Another seller that an account's audiences may be pushed to. */
export interface SalesAgentRow {
  readonly agentId: string;
  readonly name: string;
  readonly url: string;
  readonly protocol: 'mcp' | 'a2a';
  readonly remoteAccountId: string;
  readonly createdAt: number;
  readonly credential: Uint8Array | null;
}

const columns = `agent_id AS agentId, name, url, protocol, remote_account_id AS remoteAccountId, created_at AS createdAt,
  credential`;
const one = `SELECT ${columns} FROM sales_agent WHERE account_no = ? AND agent_id = ?`;
const list = `SELECT ${columns} FROM sales_agent WHERE account_no = ? ORDER BY created_at, agent_id`;
const insert = `INSERT INTO sales_agent (account_no, agent_id, name, url, protocol, remote_account_id, created_at, credential)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const remove = `DELETE FROM sales_agent WHERE account_no = ? AND agent_id = ?`;

export const salesAgent = (accountNo: number, agentId: string): Script<SalesAgentRow | undefined> =>
  get<SalesAgentRow>(one, accountNo, agentId);
export const salesAgents = (accountNo: number): Script<readonly SalesAgentRow[]> =>
  all<SalesAgentRow>(list, accountNo);
export const insertSalesAgent = (accountNo: number, row: SalesAgentRow): Script<number> =>
  run(
    insert,
    accountNo,
    row.agentId,
    row.name,
    row.url,
    row.protocol,
    row.remoteAccountId,
    row.createdAt,
    row.credential,
  );
export const deleteSalesAgent = (accountNo: number, agentId: string): Script<number> =>
  run(remove, accountNo, agentId);
