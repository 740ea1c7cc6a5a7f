/** The floor: the cost of an idle Node process with one HTTP server. */
import { createServer } from 'node:http';

createServer((_, response) => response.end('ok')).listen(Number(process.env['PORT']), '127.0.0.1');
