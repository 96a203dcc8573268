import { TOPICS, topicNamed, type NamedTopic } from '@tiepsuc/contracts';
import { OFFICES } from '@tiepsuc/city';

/** Every topic that the catalogue declares, once per office where it is an office's. */
export function everyTopic(offices: readonly string[] = OFFICES.ever.map(({ code }) => code)): readonly NamedTopic[] {
  return TOPICS.flatMap((topic) =>
    topic.name.includes('{office}') ? offices.map((office) => topicNamed(topic, { office })) : [topicNamed(topic)],
  );
}
