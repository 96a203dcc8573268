import type { FastifyInstance } from 'fastify';
import type { Socket } from 'node:net';

/**
 * Lets a service stop although somebody holds a connection on which nothing was ever asked. Node.js counts such a one
 * as busy, and would wait for it until its headers are overdue: a browser that connects in advance, or callers of an
 * overloaded service who hung up before they were heard.
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
  fastify.addHook('preClose', (done) => {
    isStopping = true;
    for (const socket of silent) socket.destroy();
    done();
  });
}
