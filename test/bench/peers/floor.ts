/** The floor: what a Node process with one HTTP server costs that does nothing else. */
import { createServer } from 'node:http';

createServer((_, response) => response.end('ok')).listen(Number(process.env['PORT']), '127.0.0.1');
