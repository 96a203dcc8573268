/** Writes the table of settings into every service's README, and what they have in common into the root's. Run it after a build: it reads what was built. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { foldersOfType } from './project-tags.js';
import { repositoryFiles, repositoryRoot } from './repository.js';
import { settingsOfService } from './service-settings.js';
import { settingsOfAll, withSettingsTable, type SettingRow } from './settings-table.js';

const all: SettingRow[][] = [];
for (const folder of foldersOfType(repositoryFiles(), 'service')) {
  const { settings } = await settingsOfService(folder, 'dist/config.js');
  const path = join(repositoryRoot, folder, 'README.md');
  await writeFile(path, withSettingsTable(await readFile(path, 'utf8'), settings));
  console.log(`${folder}/README.md: ${settings.length} settings`);
  all.push([...settings]);
}
const root = join(repositoryRoot, 'README.md');
await writeFile(root, withSettingsTable(await readFile(root, 'utf8'), settingsOfAll(all)));
