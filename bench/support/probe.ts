/**
 * A caller of small requests in a process of its own, so that it waits for nobody but the server: every 5 ms one,
 * by turns GET /readyz and, when a key is given, a small tool call. Ends at SIGTERM with its times in ms.
 * Run: `node probe.ts URL [KEY]`.
 */
import { doorHeaders } from './doors.ts';
import { send } from './http.ts';

const [url = '', key = ''] = process.argv.slice(2);
const call = Buffer.from(
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'list_accounts', arguments: {} },
  }),
);
const times: { get: number[]; tool: number[] } = { get: [], tool: [] };
let isOver = false;
process.on('SIGTERM', () => (isOver = true));
const probes: Promise<void>[] = [];
const record = async (kind: 'get' | 'tool'): Promise<void> => {
  const answer =
    kind === 'get'
      ? await send(`${url}/readyz`, 'GET', null)
      : await send(`${url}/mcp`, 'POST', call, { key, headers: doorHeaders.MCP });
  times[kind].push(answer.ms);
};
const turns = key === '' ? (['get'] as const) : (['get', 'tool'] as const);
// The first calls pay for connections and compilation.
for (let i = 0; i < 20; i++) await record(turns[i % turns.length]!);
times.get.length = 0;
times.tool.length = 0;
console.log('probing');
for (let i = 0; !isOver; i++) {
  probes.push(record(turns[i % turns.length]!));
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await Promise.all(probes);
console.log(JSON.stringify(times));
process.exit(0);
