/** Gives every listed service its place in docker-compose.yml. Run it after a build: it reads what was built. */
import { SERVICES } from '@tiepsuc/services';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withServices } from './compose-services.js';
import { repositoryRoot } from './repository.js';

const file = join(repositoryRoot, 'docker-compose.yml');
await writeFile(file, withServices(await readFile(file, 'utf8'), SERVICES));
