import { settingsOf, type SettingLine } from '@tiepsuc/runtime';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repositoryRoot } from './repository.js';

/** A service and what its config class declares. */
export interface SettingsOfService {
  readonly folder: string;
  readonly settings: readonly SettingLine[];
}

/**
 * Loads the one class named `…Config` that a service's config file exports.
 * @param file below the folder: `src/config.ts` in tests, `dist/config.js` after a build
 * @throws Error when there is no such class, or more than one
 */
export async function settingsOfService(folder: string, file: string): Promise<SettingsOfService> {
  const exported = (await import(pathToFileURL(join(repositoryRoot, folder, file)).href)) as Record<string, unknown>;
  const classes = Object.entries(exported).filter(
    ([name, value]) => name.endsWith('Config') && typeof value === 'function',
  );
  const [found] = classes;
  if (found === undefined || classes.length > 1)
    throw new Error(`${folder}/${file} must export one class named …Config`);
  return { folder, settings: settingsOf(found[1] as new () => object) };
}
