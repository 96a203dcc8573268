import { readKafkaAddress } from './kafka/kafka-address.js';
import { openEventLog } from './open-event-log.js';

describe('opening an event log', () => {
  it.each([
    ['postgres://app:secret@db:5432/log', 'postgres'],
    ['postgresql://db/log', 'postgres'],
    ['kafka://one:9092,two:9092', 'kafka'],
    ['memory:', 'memory'],
  ])('chooses by the scheme of %s', async (url, kind) => {
    const log = openEventLog(url, { clientId: 'spec' });
    expect(log.kind).toBe(kind);
    await log.close();
  });

  it.each(['', 'amqp://host', 'mysql://app:secret@host/db', 'memory'])('refuses "%s" and names both forms', (url) => {
    const refused = () => openEventLog(url);
    expect(refused).toThrow(/EVENT_LOG.*postgres:\/\/.*kafka:\/\//);
    expect(refused).not.toThrow(/secret/);
  });
});

describe('the address of a Kafka', () => {
  it('names brokers, with the usual port where none is given', () => {
    expect(readKafkaAddress('kafka://one,two:19092')).toEqual({ brokers: ['one:9092', 'two:19092'], ssl: false });
  });

  it('may ask for TLS and a login, with escaped characters', () => {
    expect(readKafkaAddress('kafka://one:9092/?ssl=true&username=office-q1&password=a%26b%2Fc')).toEqual({
      brokers: ['one:9092'],
      ssl: true,
      sasl: { mechanism: 'scram-sha-512', username: 'office-q1', password: 'a&b/c' },
    });
  });

  it.each([
    'kafka://',
    'kafka://one two',
    'kafka://one?sll=true',
    'kafka://one?username=me',
    'kafka://a b:1',
    'kafka://,',
  ])('is refused as %s', (url) => {
    expect(() => readKafkaAddress(url)).toThrow(/Kafka address/);
  });
});
