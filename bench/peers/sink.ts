/** The floor: takes a body and answers. Every other server also has to do this. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const server = createServer((request, response) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => (bytes += chunk.length));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ result: { structuredContent: { bytes } } }));
  });
});
// Longer than other servers take their turn, so that a connection is never closed under a call.
server.keepAliveTimeout = 300_000;
server.listen(0, '127.0.0.1', () => {
  console.log(`sink is ready on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
