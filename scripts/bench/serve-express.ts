import express from 'express';

/** The least that a handler of posted events does: parse and answer 204. */
const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.json({ limit: '16mb' }));
app.post('/v1/usage', (_request, response) => void response.status(204).end());
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`address=http://127.0.0.1:${address?.port}`);
});
