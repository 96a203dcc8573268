import { CATALOGUE, eventNamed, eventOfType, TOPICS } from './catalogue.js';
import { schemaOf } from './json-schema.js';

const unique = (values: readonly string[]): boolean => new Set(values).size === values.length;
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, field]) => field as string);

describe('the catalogue', () => {
  it('names every topic, type and class once', () => {
    expect(unique(TOPICS.map(({ name }) => name))).toBe(true);
    expect(unique(CATALOGUE.map(({ type }) => type))).toBe(true);
    expect(unique(CATALOGUE.map(({ name }) => name))).toBe(true);
  });

  it('finds an event by its name and by its type', () => {
    for (const entry of CATALOGUE) {
      expect(eventNamed(entry.name)).toBe(entry);
      expect(eventOfType(entry.type)).toBe(entry);
    }
    expect(eventOfType('relief.case.routed.v999')).toBeUndefined();
    expect(() => eventNamed('NeverHappened')).toThrow('NeverHappened');
  });

  it.each(TOPICS)('$name has a well-formed name, source, meaning and number of partitions', (topic) => {
    expect(topic.name).toMatch(/^relief(\.([a-z0-9-]+|\{[a-z]+\}))+\.v[1-9]\d*$/);
    expect(topic.source).toMatch(/^\/tiepsuc(\/([a-z-]+|\{[a-z]+\}))+$/);
    expect(topic.meaning).toMatch(/^[A-Z].*\.$/);
    expect(Number.isInteger(topic.partitions) && topic.partitions > 0).toBe(true);
    expect(Object.keys(topic.events).length).toBeGreaterThan(0);
  });

  it.each(CATALOGUE)(
    '$name has a version, a meaning and the fields that place it',
    ({ type, meaning, event, topic }) => {
      expect(type).toMatch(/^relief(\.[a-z]+)+\.v[1-9]\d*$/);
      expect(meaning).toMatch(/^[A-Z].*\.$/);
      const needed = [topic.key, topic.subject, ...placeholders(topic.name), ...placeholders(topic.source)];
      expect(schemaOf(event).required).toEqual(expect.arrayContaining(needed));
    },
  );
});
