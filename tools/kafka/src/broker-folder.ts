import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KafkaAccount } from './broker-settings.js';

export const SUPER_USER = 'admin';
const SECRET_FILE_MODE = 0o600;
/** What may stand in a properties file, a JAAS line and a command line without any quoting. */
const PLAIN_TEXT = /^[A-Za-z0-9._-]{1,200}$/;

/** The files of one broker. */
export interface BrokerFolder {
  folder: string;
  settingsFile: string;
  log4jFile: string;
  logFile: string;
}

export function brokerFolder(folder: string): BrokerFolder {
  return {
    folder,
    settingsFile: join(folder, 'server.properties'),
    log4jFile: join(folder, 'log4j2.xml'),
    logFile: join(folder, 'kafka.log'),
  };
}

/** The id that formatting gave to the cluster; undefined when the folder has no storage yet. */
export async function clusterIdIn({ folder }: BrokerFolder): Promise<string | undefined> {
  const properties = await readIfThere(join(folder, 'log', 'meta.properties'));
  return properties && /^cluster\.id=(\S+)$/m.exec(properties)?.[1];
}

/** 16 bytes as 22 characters: Kafka's own form. Never with a leading dash, which its tools take for an option. */
export function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

/**
 * The accounts of the folder, the super user among them; empty without log-in. Kafka takes accounts in only
 * when storage is formatted, so they are kept beside it, and a later start with other accounts is refused.
 */
export async function accountsIn(place: BrokerFolder, users: KafkaAccount[] | undefined): Promise<KafkaAccount[]> {
  for (const { name, password } of users ?? []) {
    if (!PLAIN_TEXT.test(name) || !PLAIN_TEXT.test(password)) {
      throw new Error(`the name and password of ${JSON.stringify(name)} may hold only letters, digits, dot, dash, _`);
    }
  }
  const file = join(place.folder, 'accounts.json');
  const kept = await readIfThere(file);
  if (kept === undefined || (await clusterIdIn(place)) === undefined) {
    const accounts = users ? withSuperUser(users) : [];
    await writeSecret(file, JSON.stringify(accounts, undefined, 2));
    return accounts;
  }
  const accounts = JSON.parse(kept) as KafkaAccount[];
  const isSame = users ? isCovered(accounts, users) : accounts.length === 0;
  if (!isSame) throw new Error(`${place.folder} was made with other accounts; give the same ones or another folder`);
  return accounts;
}

/** Readable by the owner only, and never half written. */
export async function writeSecret(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: SECRET_FILE_MODE });
  await rename(`${path}.new`, path);
}

function withSuperUser(users: KafkaAccount[]): KafkaAccount[] {
  if (users.some(({ name }) => name === SUPER_USER)) return users;
  return [...users, { name: SUPER_USER, password: randomBytes(24).toString('hex') }];
}

function isCovered(kept: KafkaAccount[], asked: KafkaAccount[]): boolean {
  const known = new Map(kept.map(({ name, password }) => [name, password]));
  const names = new Set([...asked.map(({ name }) => name), SUPER_USER]);
  return names.size === known.size && asked.every(({ name, password }) => known.get(name) === password);
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
