import { fill, type Topic } from './topic.js';

/** A topic as it exists in an event log: its full name and its number of partitions. */
export interface NamedTopic {
  readonly name: string;
  readonly partitions: number;
}

/** The topic of that declaration for these fields, for example `topicNamed(officeInboxTopic, { office: 'q1' })`. */
export function topicNamed(topic: Topic, fields: object = {}): NamedTopic {
  return { name: fill(topic.name, fields), partitions: topic.partitions };
}
