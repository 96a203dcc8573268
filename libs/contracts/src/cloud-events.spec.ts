import { CloudEvent, Kafka, type KafkaMessage } from 'cloudevents';
import { decodeEnvelope, headersOf } from './envelope.js';
import { goldenSamples } from './samples.js';

/** What a consumer gets: the headers, the key and the value of a record, as the official SDK expects them. */
function messageOf(value: Buffer): KafkaMessage {
  const envelope = decodeEnvelope(value);
  const text = value.toString('utf8');
  return { headers: headersOf(envelope), key: envelope.partitionkey, value: text, body: text, timestamp: undefined };
}

describe.each(goldenSamples())('the CloudEvents SDK and $file', ({ value }) => {
  const message = messageOf(value);
  const { ...envelope } = decodeEnvelope(value);

  it('sees an event, in structured mode', () => {
    expect(Kafka.isEvent(message)).toBe(true);
    expect(message.headers?.['content-type']).toMatch(/^application\/cloudevents\+json/);
  });

  it('reads every attribute and the data as we wrote them', () => {
    const event = Kafka.toEvent(message) as CloudEvent<unknown>;
    expect(JSON.parse(JSON.stringify(event))).toEqual(envelope);
  });

  it('finds it valid under its strict rules', () => {
    expect(new CloudEvent({ ...envelope }, true).validate()).toBe(true);
  });

  it('finds in the headers what is in the value', () => {
    const copies = Object.entries(message.headers ?? {}).filter(([name]) => name.startsWith('ce_'));
    expect(copies.length).toBeGreaterThan(0);
    expect(envelope).toMatchObject(Object.fromEntries(copies.map(([name, text]) => [name.slice('ce_'.length), text])));
  });
});
