import { Event } from './event-type.js';
import { Code, Id, OneOf } from './fields.js';
import { topic, type EventOf } from './topic.js';

class ParkingFact {
  /** One parking: a key and the records that wait behind it. */
  @Id() parkingId!: string;
  /** The service that parked. */
  @Code() service!: string;
  /** Key of the parked records, the case id as a rule. */
  @Code() parkedKey!: string;
}

@Event('relief.key.parked.v1', 'A record could not be handled; it and its successors wait for a person.')
export class KeyParked extends ParkingFact {
  /** The topic that the record came from. */
  @Code() topic!: string;
  /** What was wrong with the record. */
  @OneOf(['not-json', 'bad-envelope', 'unknown-type', 'bad-data', 'gap', 'refused', 'failed'])
  reason!: 'not-json' | 'bad-envelope' | 'unknown-type' | 'bad-data' | 'gap' | 'refused' | 'failed';
}

@Event('relief.key.redriven.v1', 'What was parked has been handled, in order, and the key flows again.')
export class KeyRedriven extends ParkingFact {}

@Event('relief.record.skipped.v1', 'A person decided that one parked record will not be handled.')
export class RecordSkipped extends ParkingFact {
  /** Id of the skipped event, if it could be read. */
  @Code({ optional: true }) eventId?: string;
  /** Code of the reason that the person gave. */
  @Code() reason!: string;
}

export const operationsTopic = topic({
  name: 'relief.operations.v1',
  partitions: 1,
  source: '/tiepsuc/{service}',
  key: 'parkingId',
  subject: 'parkingId',
  meaning: 'What the operators of the system itself decided.',
  events: { KeyParked, KeyRedriven, RecordSkipped },
});
export type OperationsEvent = EventOf<typeof operationsTopic>;
