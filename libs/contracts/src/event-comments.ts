import { DocComments } from './doc-comments.js';
import type { EventClass } from './topic.js';

let comments: DocComments | undefined;

/** What an event's field means, for the generated documents. */
export function meaningOf(event: EventClass, field: string): string | undefined {
  comments ??= new DocComments([new URL('../src/', import.meta.url)]);
  return comments.ofField(event, field)?.text;
}
