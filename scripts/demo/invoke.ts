/** `node invoke.ts <source>`: one invocation of a source's handler, the event on stdin, what it logs on stdout. */
import { json } from 'node:stream/consumers';

const [source] = process.argv.slice(2);
const { handler } = await import(`../../functions/${source}/handler.ts`);
const deadline = Date.now() + 300_000;
const context = { functionName: source, awsRequestId: 'demo', getRemainingTimeInMillis: () => deadline - Date.now() };
await handler(await json(process.stdin), context);
