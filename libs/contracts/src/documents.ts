import { asyncApiDocument } from './asyncapi.js';
import { CATALOGUE, type CataloguedEvent } from './catalogue.js';
import { cataloguePage } from './catalogue-page.js';
import { recordSchema, type JsonObject } from './record-schema.js';
import { goldenSamples, type Sample } from './samples.js';

/**
 * The documents of the contracts, by path relative to docs/events: a JSON Schema per event, one AsyncAPI document
 * and a page to read. The same sources give the same bytes.
 */
export function eventDocuments(): ReadonlyMap<string, string> {
  const samples = goldenSamples();
  return new Map([
    ['asyncapi.json', printed(asyncApiDocument(samples))],
    ['catalogue.md', cataloguePage()],
    ...CATALOGUE.map((entry) => [`schemas/${entry.type}.json`, printed(schemaDocument(entry, samples))] as const),
  ]);
}

function schemaDocument(entry: CataloguedEvent, samples: readonly Sample[]): JsonObject {
  const example = samples.find(({ type }) => type === entry.type);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:tiepsuc:events:${entry.type}`,
    ...recordSchema(entry),
    ...(example && { examples: [JSON.parse(example.value.toString('utf8'))] }),
  };
}

function printed(document: JsonObject): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
