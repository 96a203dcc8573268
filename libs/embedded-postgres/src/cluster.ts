import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, cp, mkdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findPostgresBinaries, programPath } from './binaries.js';
import type { PostgresBinaries } from './binaries.js';
import { canReach, chooseServerAccount } from './server-account.js';
import type { ServerAccount } from './server-account.js';

/** An initialised database cluster and all that is needed to run it. */
export interface Cluster {
  /** The cluster itself, with every link on the way resolved. */
  folder: string;
  binaries: PostgresBinaries;
  /** Undefined: the server runs as ourselves. */
  account: ServerAccount | undefined;
  password: string;
}

export const SUPERUSER = 'tiepsuc';

/** Where root keeps what an unprivileged account must reach, when the wanted folder lies in a private one. */
const REACHABLE_ROOT = '/var/lib/tiepsuc';
const INITDB_TIMEOUT_MS = 60_000;
const PASSWORD_FILE = 'tiepsuc.password';

export interface OpenClusterOptions {
  folder: string;
  /** False saves the wait for the disk; for clusters that need not survive. */
  durable: boolean;
}

/**
 * Opens the cluster in the folder, and makes it first where there is none. It appears there complete or
 * not at all, so an interrupted first start leaves nothing half made, and of two at once one wins.
 */
export async function openCluster({ folder, durable }: OpenClusterOptions): Promise<Cluster> {
  const path = join(folder, 'cluster');
  const account = await chooseServerAccount(path);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  if (account) await chown(folder, account.uid, account.gid);

  const binaries = await reachableBinaries(account);
  if (!(await exists(path))) await createCluster({ path, durable, binaries, account });
  if (account && !(await canReach(path, account))) {
    throw new Error(
      `The account ${account.uid}, which runs PostgreSQL in root's place, cannot reach ${path}. ` +
        'Let others enter its parent folders, or choose another folder.',
    );
  }
  return { folder: await realpath(path), binaries, account, password: await readPassword(path) };
}

async function readPassword(cluster: string): Promise<string> {
  try {
    return await readFile(join(cluster, PASSWORD_FILE), 'utf8');
  } catch (cause) {
    throw new Error(`${cluster} is not a cluster of ours, or its ${PASSWORD_FILE} cannot be read.`, { cause });
  }
}

interface NewCluster {
  path: string;
  durable: boolean;
  binaries: PostgresBinaries;
  account: ServerAccount | undefined;
}

async function createCluster({ path, durable, binaries, account }: NewCluster): Promise<void> {
  const reachable = !account || (await canReach(dirname(path), account));
  const parent = reachable ? dirname(path) : REACHABLE_ROOT;
  const name = randomBytes(6).toString('hex');
  const nursery = join(parent, `new-${name}`);
  const born = join(nursery, 'cluster');
  await mkdir(nursery, { recursive: true, mode: 0o755 });
  try {
    await initialise({ path: born, durable, binaries, account });
    if (reachable) return await rename(born, path);
    const home = join(parent, `cluster-${name}`);
    await rename(born, home);
    await symlink(home, path);
  } catch (error) {
    // Another process may have made the cluster meanwhile; then that one is used.
    if (!(await exists(path))) throw error;
  } finally {
    await rm(nursery, { recursive: true, force: true });
  }
}

async function initialise({ path, durable, binaries, account }: NewCluster): Promise<void> {
  const password = randomBytes(24).toString('hex');
  const passwordFile = join(dirname(path), PASSWORD_FILE);
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) {
    await chown(dirname(path), account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  const locale = process.platform === 'linux' ? 'C.UTF-8' : 'C';
  const flags = [
    `--pgdata=${path}`,
    '--encoding=UTF8',
    `--locale=${locale}`,
    // PostgreSQL's own Unicode rules: the same on every system, and no index breaks when a system library changes.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--auth=scram-sha-256',
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--data-checksums',
    ...(durable ? [] : ['--no-sync']),
  ];
  try {
    await promisify(execFile)(programPath(binaries, 'initdb'), flags, {
      ...account,
      cwd: '/',
      env: { PATH: process.env.PATH, LC_ALL: locale },
      timeout: INITDB_TIMEOUT_MS,
    });
  } catch (cause) {
    const said = String((cause as { stderr?: string }).stderr ?? '').trim();
    throw new Error(`PostgreSQL could not make a new cluster: ${said || String(cause)}`, { cause });
  }
  await rename(passwordFile, join(path, PASSWORD_FILE));
}

/** The installed programs, or a copy of them where the account that runs the server cannot reach these. */
async function reachableBinaries(account: ServerAccount | undefined): Promise<PostgresBinaries> {
  const installed = await findPostgresBinaries();
  if (!account || (await canReach(programPath(installed, 'postgres'), account))) return installed;

  const copy = { ...installed, folder: join(REACHABLE_ROOT, `postgres-${installed.version}`) };
  if (await exists(copy.folder)) return copy;
  const nursery = `${copy.folder}-${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(REACHABLE_ROOT, { recursive: true, mode: 0o755 });
    await cp(installed.folder, nursery, { recursive: true, verbatimSymlinks: true });
    await openToAll(nursery);
    await rename(nursery, copy.folder);
  } catch (error) {
    if (!(await exists(copy.folder))) throw error;
  } finally {
    await rm(nursery, { recursive: true, force: true });
  }
  return copy;
}

async function openToAll(folder: string): Promise<void> {
  await promisify(execFile)('chmod', ['-R', 'a+rX', folder]);
  await chmod(folder, 0o755);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}
