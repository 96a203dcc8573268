import { TOPICS, topicNamed, type NamedTopic } from '@tiepsuc/contracts';
import { HOTLINE_OPENED_ON, officesAsOf, UNIT_VERSIONS } from '@tiepsuc/city';

/** Every topic that the catalogue declares, once per office where it is an office's. */
export function everyTopic(offices: readonly string[] = everyOffice()): readonly NamedTopic[] {
  return TOPICS.flatMap((topic) =>
    topic.name.includes('{office}') ? offices.map((office) => topicNamed(topic, { office })) : [topicNamed(topic)],
  );
}

/** The offices of all times: one that has ended still has a history. */
export function everyOffice(): string[] {
  const dates = [HOTLINE_OPENED_ON, ...UNIT_VERSIONS];
  return [...new Set(dates.flatMap((date) => officesAsOf(date).offices.map(({ code }) => code)))];
}
