import { accessTopic } from './access.events.js';
import { operationsTopic } from './operations.events.js';
import { officeCasesTopic } from './district.events.js';
import { declarationOf } from './event-type.js';
import { requestsTopic } from './intake.events.js';
import { notificationsTopic } from './notifications.events.js';
import { officeInboxTopic, routingTopic } from './routing.events.js';
import type { EventClass, Topic } from './topic.js';

/** Every topic there is. */
export const TOPICS: readonly Topic[] = [
  requestsTopic,
  accessTopic,
  routingTopic,
  officeInboxTopic,
  officeCasesTopic,
  notificationsTopic,
  operationsTopic,
];

export interface CataloguedEvent {
  /** The class name: how decisions and reactions call it. */
  readonly name: string;
  /** The CloudEvents type: how records call it. */
  readonly type: string;
  readonly meaning: string;
  readonly event: EventClass;
  readonly topic: Topic;
}

/** Every event there is, once. */
export const CATALOGUE: readonly CataloguedEvent[] = TOPICS.flatMap((topic) =>
  Object.entries(topic.events).map(([name, event]) => ({ name, event, topic, ...declarationOf(event) })),
);

const byName = new Map(CATALOGUE.map((entry) => [entry.name, entry]));
const byType = new Map(CATALOGUE.map((entry) => [entry.type, entry]));

/** Finds an event by its class name. @throws Error when no topic carries it: a mistake in the code, not in the input. */
export function eventNamed(name: string): CataloguedEvent {
  const found = byName.get(name);
  if (!found) throw new Error(`no topic carries an event ${name}`);
  return found;
}

/** Finds an event by its CloudEvents type. */
export function eventOfType(type: string): CataloguedEvent | undefined {
  return byType.get(type);
}

/** Who publishes on a topic, as its source says it: `intake`, `office/{office}`. */
export function publisherOf(topic: Topic): string {
  return topic.source.replace('/tiepsuc/', '');
}

/** The events that a topic may carry. */
export function eventsOn(topic: Topic): readonly CataloguedEvent[] {
  return CATALOGUE.filter((entry) => entry.topic === topic);
}
