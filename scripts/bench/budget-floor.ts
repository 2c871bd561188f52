import { createServer } from 'node:http';
import express from 'express';

/** The least that a server of questions does, as the argument says: `node` answers a constant, `express` parses first. */
const ANSWER = { decision: 'allow', allowed: true, remaining: [] };
const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.json());
app.post('/api/v1/budgets/check', (_request, response) => void response.json(ANSWER));

const constant = JSON.stringify(ANSWER);
const plain = createServer((request, response) => {
  request.resume().on('end', () => {
    response.setHeader('Content-Type', 'application/json').setHeader('Content-Length', constant.length);
    response.end(constant);
  });
});

const server = (process.argv[2] === 'node' ? plain : createServer(app)).listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`address=http://127.0.0.1:${address?.port}`);
});
