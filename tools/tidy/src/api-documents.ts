import { DocComments } from '@tiepsuc/contracts/doc-comments';
import { goldenSamples } from '@tiepsuc/contracts/samples';
import type { ServiceDefinition } from '@tiepsuc/runtime';
import { openApiDocument } from '@tiepsuc/runtime/openapi';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from './repository.js';

const SHARED_SOURCES = ['libs/contracts/src', 'libs/runtime/src'];

/** The text of a service's `openapi.json`. The same sources give the same bytes. */
export async function apiDocumentOf(folder: string, file: string): Promise<string> {
  const comments = new DocComments([urlOf(`${folder}/src`)], new DocComments(SHARED_SOURCES.map(urlOf)));
  const document = await openApiDocument(await serviceIn(folder, file), { comments, samples: sampleValues() });
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Loads the one service that the file defines: `src/service.ts` in tests, `dist/service.js` after a build. */
async function serviceIn(folder: string, file: string): Promise<ServiceDefinition> {
  const exported = (await import(urlOf(`${folder}/${file}`).href)) as Record<string, Partial<ServiceDefinition>>;
  const found = Object.values(exported).find(({ config, module }) => config && module);
  if (!found) throw new Error(`${folder}/${file} exports no service`);
  return found as ServiceDefinition;
}

/** What stands in the golden samples, by the name of the field. */
function sampleValues(): ReadonlyMap<string, readonly unknown[]> {
  const found = new Map<string, unknown[]>();
  for (const { value } of goldenSamples()) {
    const { data } = JSON.parse(value.toString('utf8')) as { data: Record<string, unknown> };
    for (const [name, each] of Object.entries(data)) found.set(name, [...(found.get(name) ?? []), each]);
  }
  return found;
}

function urlOf(path: string): URL {
  return pathToFileURL(join(repositoryRoot, path.endsWith('src') ? `${path}/` : path));
}
