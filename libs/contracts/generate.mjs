/**
 * Writes docs/events from the event declarations, after a build: `npm run generate`.
 * What is there and is not generated any more is removed.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { eventDocuments } from './dist/documents.js';

const FOLDER = new URL('../../docs/events/', import.meta.url);

const documents = eventDocuments();
await mkdir(new URL('schemas/', FOLDER), { recursive: true });
for (const [path, text] of documents) await writeFile(new URL(path, FOLDER), text);
for (const entry of await readdir(FOLDER, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = `${entry.parentPath}/${entry.name}`.slice(fileURLToPath(FOLDER).length).replace(/^\/+/, '');
  if (!documents.has(path)) await rm(new URL(path, FOLDER));
}
console.log(`${documents.size} documents in docs/events`);
