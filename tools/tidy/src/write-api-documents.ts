/** Writes every service's `openapi.json` from its controllers. Run it after a build: it reads what was built. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiDocumentOf } from './api-documents.js';
import { foldersOfType } from './project-tags.js';
import { repositoryFiles, repositoryRoot } from './repository.js';

for (const folder of foldersOfType(repositoryFiles(), 'service')) {
  await writeFile(join(repositoryRoot, folder, 'openapi.json'), await apiDocumentOf(folder, 'dist/service.js'));
  console.log(`${folder}/openapi.json`);
}
