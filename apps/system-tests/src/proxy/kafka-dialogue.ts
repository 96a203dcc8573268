import type { Dialogue } from './dialogue.js';

const PRODUCE = 0;
const SIZE_BYTES = 4;
const REQUEST_HEADER_BYTES = 8;
const CORRELATION_BYTES = 4;

/**
 * Follows a connection to a Kafka broker, where Produce requests are decisive. Knows the answers to their versions up
 * to 8, which is more than our client sends; one that asks for no acknowledgement must not be sent through here.
 */
export function kafkaDialogue(): Dialogue {
  const requests = new Frames();
  const responses = new Frames();
  const marked = new Set<number>();
  return {
    asked(bytes, isToBeMarked) {
      for (const frame of requests.take(bytes)) {
        // An api key, an api version and a number that the answer repeats.
        const isProduce = frame.length >= REQUEST_HEADER_BYTES && frame.readInt16BE(0) === PRODUCE;
        if (isProduce && isToBeMarked()) marked.add(frame.readInt32BE(4));
      }
    },
    answered(bytes) {
      for (const frame of responses.take(bytes)) {
        if (frame.length < CORRELATION_BYTES || !marked.delete(frame.readInt32BE(0))) continue;
        return wasStored(frame.subarray(CORRELATION_BYTES)) ? 'done' : 'failed';
      }
      return marked.size > 0 ? 'hold' : 'pass';
    },
  };
}

/** Whether a Produce response names no error: topics, each with a name and partitions, each with a number and an error. */
function wasStored(response: Buffer): boolean {
  const topics = response.readInt32BE(0);
  if (topics < 1) return false;
  const partitionsAt = 6 + response.readInt16BE(4);
  const errorAt = partitionsAt + 8;
  return response.readInt16BE(errorAt) === 0;
}

/** Cuts a stream into the frames that their sizes announce. */
class Frames {
  private rest: Buffer = Buffer.alloc(0);

  take(bytes: Buffer): Buffer[] {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const frames: Buffer[] = [];
    while (this.rest.length >= SIZE_BYTES) {
      const end = SIZE_BYTES + this.rest.readInt32BE(0);
      if (this.rest.length < end) break;
      frames.push(this.rest.subarray(SIZE_BYTES, end));
      this.rest = this.rest.subarray(end);
    }
    return frames;
  }
}
