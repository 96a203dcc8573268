import { createServer, type AddressInfo, type Socket } from 'node:net';

export interface TakenMail {
  readonly from: string;
  readonly to: string;
  readonly content: string;
}

/** The smallest mail server: it takes every message, or answers each `RCPT` with what it was told. */
export async function mailSink(answerToRecipient = '250 ok') {
  const taken: TakenMail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    converse(socket, answerToRecipient, taken);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    async close(): Promise<void> {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function converse(socket: Socket, answerToRecipient: string, taken: TakenMail[]): void {
  let [pending, from, to, isContent] = ['', '', '', false];
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const command = (line: string): void => {
    const [verb = ''] = line.toUpperCase().split(/[ :]/);
    if (verb === 'MAIL') from = line;
    if (verb === 'RCPT') to = line;
    if (verb === 'DATA') isContent = true;
    if (verb === 'QUIT') return void socket.end('221 bye\r\n');
    say(verb === 'RCPT' ? answerToRecipient : verb === 'DATA' ? '354 go on' : '250 ok');
  };
  socket.on('data', (chunk) => {
    pending += chunk.toString('utf8');
    for (;;) {
      const end = pending.indexOf(isContent ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const part = pending.slice(0, end);
      pending = pending.slice(end + (isContent ? 5 : 2));
      if (!isContent) command(part);
      else {
        taken.push({ from, to, content: part });
        isContent = false;
        say('250 taken');
      }
    }
  });
  say('220 sink');
}
