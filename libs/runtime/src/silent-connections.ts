import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';

/**
 * Lets a service stop although a client holds a connection without a request, or without a further one. Node.js
 * counts the first kind as busy, and would wait for it until its headers are overdue: a browser that connects in advance,
 * or callers of an overloaded service who hung up before they were heard. The second kind was busy when the service
 * began to stop, so it was not closed then, and would be kept alive like any other once its answer is sent.
 */
export function endSilentConnections(fastify: FastifyInstance): void {
  const silent = new Set<Socket>();
  let isStopping = false;
  fastify.server.on('connection', (socket: Socket) => {
    if (isStopping) return void socket.destroy();
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  fastify.server.on('request', ({ socket }) => void silent.delete(socket));
  fastify.addHook('onResponse', (request, _reply, done) => {
    if (isStopping) request.raw.socket.destroySoon();
    done();
  });
  fastify.addHook('preClose', (done) => {
    isStopping = true;
    for (const socket of silent) socket.destroy();
    done();
  });
}
