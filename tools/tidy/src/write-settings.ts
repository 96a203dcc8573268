/** Writes the table of settings into every service's README. Run it after a build: it reads what was built. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { foldersOfType } from './project-tags.js';
import { repositoryFiles, repositoryRoot } from './repository.js';
import { settingsOfService } from './service-settings.js';
import { withSettingsTable } from './settings-table.js';

for (const folder of foldersOfType(repositoryFiles(), 'service')) {
  const { settings } = await settingsOfService(folder, 'dist/config.js');
  const path = join(repositoryRoot, folder, 'README.md');
  await writeFile(path, withSettingsTable(await readFile(path, 'utf8'), settings));
  console.log(`${folder}/README.md: ${settings.length} settings`);
}
