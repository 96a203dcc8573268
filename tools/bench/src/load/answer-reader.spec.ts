import { AnswerReader } from './answer-reader.js';

const ANSWER = 'HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nContent-Length: 9\r\n\r\n{"ạ":1}';

describe('the reader of answers', () => {
  it('tells status, head and body of an answer that came at once', () => {
    const answer = new AnswerReader().read(Buffer.from(ANSWER));
    expect(answer).toMatchObject({ status: 201, head: expect.stringContaining('Content-Length: 9') });
    expect(answer?.body.toString()).toBe('{"ạ":1}');
  });

  it('waits for the last byte, wherever the answer is cut', () => {
    const bytes = Buffer.from(ANSWER);
    for (let cut = 1; cut < bytes.length; cut++) {
      const reader = new AnswerReader();
      expect(reader.read(bytes.subarray(0, cut))).toBeUndefined();
      expect(reader.read(bytes.subarray(cut))).toMatchObject({ status: 201 });
    }
  });

  it('reads one answer after the other', () => {
    const reader = new AnswerReader();
    reader.read(Buffer.from(ANSWER));
    const next = reader.read(Buffer.from('HTTP/1.1 429 Too Many\r\ncontent-length: 0\r\n\r\n'));
    expect(next).toMatchObject({ status: 429, body: Buffer.alloc(0) });
  });

  it.each([
    ['no length', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['no status', 'hello\r\n\r\n'],
    ['more than was asked for', `${ANSWER}HTTP`],
  ])('refuses %s', (_, text) => expect(() => new AnswerReader().read(Buffer.from(text))).toThrow());
});
