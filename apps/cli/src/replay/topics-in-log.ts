import { topicNamed, type NamedTopic, type Topic } from '@tiepsuc/contracts';
import type { EventLog } from '@tiepsuc/event-log';

/**
 * The names that declared topics have in a log. An office's topics are those of the offices given, else those of every
 * office that has one.
 */
export async function topicsInLog(
  log: EventLog,
  topics: readonly Topic[],
  offices: readonly string[] | undefined,
): Promise<NamedTopic[]> {
  const existing = await log.topics();
  return topics.flatMap((topic) => {
    if (!topic.name.includes('{office}')) return [topicNamed(topic)];
    const chosen = offices ?? existing.flatMap((name) => officeIn(topic.name, name) ?? []);
    return chosen.map((office) => topicNamed(topic, { office }));
  });
}

/** The office whose topic of that pattern the name is. */
function officeIn(pattern: string, name: string): string | undefined {
  const [before = '', after = ''] = pattern.split('{office}');
  if (!name.startsWith(before) || !name.endsWith(after)) return undefined;
  const office = name.slice(before.length, name.length - after.length);
  return /^[a-z0-9-]+$/.test(office) ? office : undefined;
}
