/** Node's own `http.request` without a network: a function answers all requests of this process. */
import { EventEmitter } from 'node:events';
import http from 'node:http';
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';

/** An outgoing request. */
export interface OutgoingRequest {
  url: string;
  headers: RequestOptions['headers'];
  body: string;
}

function replaceRequest(by: unknown): void {
  Object.assign(http, { request: by });
  syncBuiltinESMExports();
}

/** Answers all requests of this process until the returned function is called. */
export function answerRequests(answer: (request: OutgoingRequest) => Promise<Response>): () => void {
  const { request } = http;
  replaceRequest(
    (url: string, { headers }: RequestOptions, onAnswer: (incoming: IncomingMessage) => void) => {
      const outgoing = new EventEmitter() as ClientRequest;
      const respond = async (body: string) => {
        try {
          onAnswer(await asIncoming(await answer({ url, headers, body })));
        } catch (error) {
          outgoing.emit('error', error);
        }
      };
      const end = (body: string) => {
        void respond(body);
        return outgoing;
      };
      return Object.assign(outgoing, { end });
    },
  );
  return () => replaceRequest(request);
}

async function asIncoming(response: Response): Promise<IncomingMessage> {
  const headers = Object.fromEntries(response.headers);
  const headersDistinct = Object.fromEntries([...response.headers].map(([name, value]) => [name, [value]]));
  const body = Readable.from([Buffer.from(await response.arrayBuffer())]) as IncomingMessage;
  return Object.assign(body, { statusCode: response.status, headers, headersDistinct });
}
