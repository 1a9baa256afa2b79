/** A receiver that accepts everything, in a process of its own; tells its parent where it is. */
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(204).end());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  process.send?.(`http://127.0.0.1:${port}/hooks/cph`);
});
