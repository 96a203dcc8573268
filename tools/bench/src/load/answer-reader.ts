const END_OF_HEAD = Buffer.from('\r\n\r\n');
const HEAD_MAX_BYTES = 16 * 1024;

/** One answer of an HTTP server. */
export interface Answer {
  readonly status: number;
  /** Status line and headers. */
  readonly head: string;
  /** The bytes after the head. They are valid until the next read. */
  readonly body: Buffer;
}

/** Reads the answers of one HTTP/1.1 connection that carries one request at a time. */
export class AnswerReader {
  private rest: Buffer = Buffer.alloc(0);

  /**
   * Takes what has arrived. Returns the answer when it is whole, undefined before.
   * @throws Error when it is no answer with a content length, or when more came than was asked for
   */
  read(chunk: Buffer): Answer | undefined {
    const all = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    this.rest = all;
    const end = all.indexOf(END_OF_HEAD);
    if (end < 0) {
      if (all.length > HEAD_MAX_BYTES) throw new Error('the head of an answer does not end');
      return undefined;
    }
    const head = all.toString('latin1', 0, end);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
    if (Number.isNaN(status) || Number.isNaN(length)) throw new Error('an answer has no status or no content length');
    const from = end + END_OF_HEAD.length;
    if (all.length < from + length) return undefined;
    if (all.length > from + length) throw new Error('more was answered than was asked');
    this.rest = Buffer.alloc(0);
    return { status, head, body: all.subarray(from) };
  }
}
