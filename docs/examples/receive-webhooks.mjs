// Receives the webhooks of docs/webhooks.md.   npm install standardwebhooks
//   WEBHOOK_SECRET=whsec_… PORT=4000 node receive-webhooks.mjs
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const MOST_BYTES = 65_536;

/** Ids of events that were taken. A real receiver keeps them in its database, in the transaction of what it does. */
const taken = new Set();

const server = createServer(async (request, response) => {
  let event;
  try {
    event = webhook.verify(await read(request), request.headers); // throws unless it is whole, ours and recent
  } catch {
    response.writeHead(401).end();
    return;
  }
  const id = request.headers['webhook-id'];
  if (!taken.has(id)) {
    taken.add(id);
    console.log(event.type, event.data);
  }
  response.writeHead(204).end();
});
server.listen(Number(process.env.PORT ?? 4000), () => console.log('Listening on', server.address().port));

/** The body, byte for byte: it is what was signed. Throws if the request is cut off. */
async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
