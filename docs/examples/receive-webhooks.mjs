// Receives the webhooks of docs/webhooks.md.   npm install standardwebhooks
//   WEBHOOK_SECRET=whsec_… PORT=4000 node receive-webhooks.mjs
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(process.env.WEBHOOK_SECRET);
const MOST_BYTES = 65_536;

/** Ids of events that were taken. A real receiver keeps them in its database, in the transaction of what it does. */
const taken = new Set();

createServer(async (request, response) => {
  const body = await read(request);
  let event;
  try {
    event = webhook.verify(body, request.headers); // throws unless it is ours and recent
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
}).listen(Number(process.env.PORT ?? 4000), () => console.log('Listening'));

/** The body, byte for byte: it is what was signed. */
async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
