import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

const KEY_BYTES = 32;

/** What this installation alone knows. Created once; without the vault's key all personal details are lost. */
export interface Secrets {
  /** Guards personal details; 32 bytes in base64. */
  readonly vaultKey: string;
  /** With it a message gateway proves its receipts; 32 bytes in base64. */
  readonly receiptSecret: string;
  /** Secret of the account that services read from each other with. */
  readonly serviceSecret: string;
}

/**
 * The secrets in the file, which is made, readable by its owner only, when there is none.
 * @throws Error when the file is there and is not whole: then it must be restored, not created again
 */
export async function openSecrets(path: string): Promise<Secrets> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text !== undefined) return whole(text, path);
  const secrets: Secrets = { vaultKey: randomKey(), receiptSecret: randomKey(), serviceSecret: randomKey() };
  await mkdir(dirname(path), { recursive: true });
  await writeWhole(path, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

/** On the disk before its name is, so that a power cut cannot leave half a file. */
async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = `${path}.new`;
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}

function whole(text: string, path: string): Secrets {
  const found = read(text);
  for (const name of ['vaultKey', 'receiptSecret', 'serviceSecret'] as const) {
    const value = found?.[name];
    if (typeof value === 'string' && Buffer.from(value, 'base64').length === KEY_BYTES) continue;
    throw new Error(
      `${path} không còn nguyên vẹn: phục hồi từ bản sao lưu. / ${path} is not whole (${name}): restore it from a backup.`,
    );
  }
  return found as unknown as Secrets;
}

function read(text: string): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(text);
    return found instanceof Object ? (found as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function randomKey(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}
