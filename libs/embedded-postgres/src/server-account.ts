import { readFile, realpath, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { dirname } from 'node:path';

/** Who runs the server. */
export interface ServerAccount {
  uid: number;
  gid: number;
}

/** The first that exists is taken; no account is ever added to the machine. */
const UNPRIVILEGED_ACCOUNTS = ['postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root. Returns undefined for an ordinary user, who runs the server
 * himself; for root, the owner of the existing cluster or else an unprivileged account.
 */
export async function chooseServerAccount(clusterFolder: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await stat(clusterFolder).catch(() => undefined);
  if (existing && existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };

  const known = parseAccounts(await readFile('/etc/passwd', 'utf8'));
  const account = UNPRIVILEGED_ACCOUNTS.map((name) => known.get(name)).find((found) => found && found.uid !== 0);
  if (account) return account;
  throw new Error(
    `PostgreSQL does not run as root, and none of the accounts ${UNPRIVILEGED_ACCOUNTS.join(', ')} exists. ` +
      'Add one of them, or start as an ordinary user.',
  );
}

function parseAccounts(passwd: string): Map<string, ServerAccount> {
  const lines = passwd.split('\n').map((line) => line.split(':'));
  // Some systems write nobody's number as -2, which the kernel reads as an unsigned number.
  return new Map(lines.map(([name = '', , uid, gid]) => [name, { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }]));
}

const ENTER = 0o1;
const READ_AND_ENTER = 0o5;

/** Whether the account can open what lies at the path: it may enter every folder on the way, and read the last. */
export async function canReach(path: string, account: ServerAccount): Promise<boolean> {
  const real = await realpath(path);
  if (!allows(await stat(real), account, READ_AND_ENTER)) return false;
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    if (!allows(await stat(folder), account, ENTER)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function allows(entry: Stats, account: ServerAccount, wanted: number): boolean {
  const shift = entry.uid === account.uid ? 6 : entry.gid === account.gid ? 3 : 0;
  return ((entry.mode >> shift) & wanted) === wanted;
}
