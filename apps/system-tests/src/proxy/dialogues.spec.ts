import type { Dialogue } from './dialogue.js';
import { kafkaDialogue } from './kafka-dialogue.js';
import { postgresDialogue } from './postgres-dialogue.js';

const always = () => true;

/** How many requests in these bytes are decisive. */
function decisive(dialogue: Dialogue, bytes: Buffer): number {
  let found = 0;
  dialogue.asked(bytes, () => ++found < 0);
  return found;
}

describe('a PostgreSQL dialogue', () => {
  const message = (tag: string, body: string | Buffer): Buffer => {
    const content = Buffer.from(body);
    const size = Buffer.alloc(4);
    size.writeInt32BE(content.length + 4);
    return Buffer.concat([Buffer.from(tag), size, content]);
  };
  const STARTUP = message('', Buffer.from([0, 3, 0, 0, 0]));
  const query = (text: string) => message('Q', `${text}\0`);
  const prepared = (name: string, text: string) =>
    Buffer.concat([message('P', `${name}\0${text}\0\0\0`), execution(name)]);
  const execution = (name: string) =>
    Buffer.concat([
      message('B', `\0${name}\0\0\0\0\0\0\0`),
      message('D', 'P\0'),
      message('E', '\0\0\0\0\0'),
      message('S', ''),
    ]);
  const complete = (tag: string) => message('C', `${tag}\0`);
  const READY = message('Z', 'I');
  const ERROR = message('E', 'SERROR\0\0');

  const begun = (): Dialogue => {
    const dialogue = postgresDialogue();
    dialogue.asked(STARTUP, always);
    expect(dialogue.answered(Buffer.concat([message('R', '\0\0\0\0'), READY]))).toBe('pass');
    return dialogue;
  };

  it('takes a COMMIT for decisive, and not what comes before it', () => {
    const dialogue = begun();
    expect(decisive(dialogue, query('BEGIN'))).toBe(0);
    expect(decisive(dialogue, prepared('w', 'INSERT INTO t VALUES ($1)'))).toBe(0);
    expect(decisive(dialogue, execution('w'))).toBe(0);
    expect(decisive(dialogue, query('COMMIT'))).toBe(1);
  });

  it('takes a write in a transaction of its own for decisive, also by the name of its statement', () => {
    const dialogue = begun();
    expect(decisive(dialogue, prepared('r', 'SELECT 1'))).toBe(0);
    expect(decisive(dialogue, prepared('a', 'SELECT * FROM elog.append($1)'))).toBe(1);
    expect(decisive(dialogue, execution('r'))).toBe(0);
    expect(decisive(dialogue, execution('a'))).toBe(1);
    expect(decisive(dialogue, query('DELETE FROM outbox'))).toBe(1);
  });

  it('finds the COMMIT among requests that were sent together and cut anywhere', () => {
    const dialogue = begun();
    const all = Buffer.concat([query('BEGIN'), prepared('', 'INSERT INTO t VALUES (1)'), query('COMMIT')]);
    let found = 0;
    for (const byte of all) found += decisive(dialogue, Buffer.from([byte]));
    expect(found).toBe(1);
  });

  it('holds answers until the marked one is complete, then drops them', () => {
    const dialogue = begun();
    dialogue.asked(Buffer.concat([query('BEGIN'), query('COMMIT')]), always);
    expect(dialogue.answered(Buffer.concat([complete('BEGIN'), READY]))).toBe('hold');
    expect(dialogue.answered(complete('COMMIT'))).toBe('hold');
    expect(dialogue.answered(READY)).toBe('done');
  });

  it.each([
    ['is refused', ERROR],
    ['ends a transaction that had failed', complete('ROLLBACK')],
  ])('lets the answer pass when the COMMIT %s', (_, answer) => {
    const dialogue = begun();
    dialogue.asked(query('BEGIN'), always);
    expect(dialogue.answered(Buffer.concat([complete('BEGIN'), READY]))).toBe('pass');
    dialogue.asked(query('COMMIT'), always);
    expect(dialogue.answered(Buffer.concat([answer, READY]))).toBe('failed');
    expect(dialogue.answered(READY)).toBe('pass');
  });

  it('is not confused by a question about encryption', () => {
    const dialogue = postgresDialogue();
    const asking = Buffer.alloc(8);
    asking.writeInt32BE(8);
    asking.writeInt32BE(80_877_103, 4);
    dialogue.asked(asking, always);
    expect(dialogue.answered(Buffer.from('N'))).toBe('pass');
    dialogue.asked(STARTUP, always);
    expect(dialogue.answered(READY)).toBe('pass');
    dialogue.asked(query('UPDATE t SET n = 1'), always);
    expect(dialogue.answered(Buffer.concat([complete('UPDATE 1'), READY]))).toBe('done');
  });
});

describe('a Kafka dialogue', () => {
  const frame = (...parts: Buffer[]): Buffer => {
    const content = Buffer.concat(parts);
    const size = Buffer.alloc(4);
    size.writeInt32BE(content.length);
    return Buffer.concat([size, content]);
  };
  const int16 = (n: number) => Buffer.from(new Uint8Array([(n >> 8) & 0xff, n & 0xff]));
  const int32 = (n: number) => Buffer.concat([int16(n >> 16), int16(n)]);
  const request = (apiKey: number, correlation: number) =>
    frame(int16(apiKey), int16(7), int32(correlation), int16(-1));
  const produced = (correlation: number, error: number) =>
    frame(
      int32(correlation),
      int32(1),
      int16(1),
      Buffer.from('t'),
      int32(1),
      int32(0),
      int16(error),
      int32(0),
      int32(0),
    );

  it('takes Produce for decisive, wherever the bytes are cut', () => {
    const dialogue = kafkaDialogue();
    let found = 0;
    for (const byte of Buffer.concat([request(3, 1), request(0, 2), request(1, 3)])) {
      found += decisive(dialogue, Buffer.from([byte]));
    }
    expect(found).toBe(1);
  });

  it('drops the answer to the marked request and holds those before it', () => {
    const dialogue = kafkaDialogue();
    dialogue.asked(Buffer.concat([request(3, 1), request(0, 2)]), always);
    expect(dialogue.answered(frame(int32(1), int32(0)))).toBe('hold');
    expect(dialogue.answered(produced(2, 0))).toBe('done');
  });

  it('lets an answer pass that says that nothing was stored', () => {
    const dialogue = kafkaDialogue();
    dialogue.asked(request(0, 2), always);
    expect(dialogue.answered(produced(2, 6))).toBe('failed');
    expect(dialogue.answered(frame(int32(9), int32(0)))).toBe('pass');
  });
});
