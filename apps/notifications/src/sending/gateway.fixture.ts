import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TakenRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> } | 'hang';

/** An HTTP server that remembers what it got and answers as it was told, the last answer for ever. */
export async function httpGateway(...answers: Answer[]) {
  const taken: TakenRequest[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      taken.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      const next = answers.length > 1 ? answers.shift() : answers[0];
      if (next === undefined || next === 'hang') return;
      response.writeHead(next.status, next.headers).end(next.body);
    });
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`,
    taken,
    answerFromNowOn: (...next: Answer[]) => void answers.splice(0, answers.length, ...next),
    async close(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
