import { decodeEnvelope, recordHash } from '@tiepsuc/contracts';
import { caseFields } from './case-fields.js';
import { EventPublisher } from './event-publisher.js';

describe('an event publisher', () => {
  const publisher = new EventPublisher();
  const leg = caseFields();
  const opened = publisher.event('LegOpened', leg);

  it('numbers and chains the events of a stream as a journal does', () => {
    const accepted = publisher.event('LegAccepted', leg);
    expect([opened.sequence, opened.prevhash]).toEqual(['000000000001', undefined]);
    const { value, partition, ...record } = EventPublisher.recordOf(opened);
    expect(accepted).toMatchObject({ sequence: '000000000002', prevhash: recordHash(value), subject: leg.legId });
    expect(record).toMatchObject({ topic: 'relief.office.q1.cases.v1', key: leg.caseId });
    expect(partition).toBeLessThan(12);
    expect(publisher.event('LegOpened', caseFields()).sequence).toBe('000000000001');
  });

  it('says what the event declares and nothing else', () => {
    expect(opened.data).toMatchObject({ needs: ['food'], hop: 0 });
    expect(opened.data).not.toHaveProperty('outcome');
  });

  it('makes two records of an event that comes twice', () => {
    const [once, again] = [EventPublisher.recordOf(opened), EventPublisher.recordOf(opened)];
    expect(once.eventId).not.toBe(again.eventId);
    expect(decodeEnvelope(once.value)).toEqual(decodeEnvelope(again.value));
  });
});
