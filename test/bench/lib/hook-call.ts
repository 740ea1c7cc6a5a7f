/** A call of the hook as curl sends it: over a new connection. */
import { connect } from 'node:net';

/** Whether the call was answered with 200. Never rejects. */
export function callHook(port: number, hash: string, path = '/track'): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text: string) => (answer += text));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(answer.startsWith('HTTP/1.1 200 ')));
    socket.write(`POST ${path}?hash=${hash} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  });
}
