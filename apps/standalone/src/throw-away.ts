import { realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes a city's folder and its cluster, which may be a link to where an unprivileged account can reach it. */
export async function removeFolder(folder: string): Promise<void> {
  const cluster = await realpath(join(folder, 'postgres', 'cluster')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (cluster !== undefined) await rm(cluster, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
}
