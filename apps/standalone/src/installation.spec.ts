import { freePorts } from '@tiepsuc/embedded-postgres/free-port';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderInUse, lockFolder } from './folder-lock.js';
import { LogFile } from './log-file.js';
import { checkFree, portsFrom, PortTaken } from './ports.js';
import { Progress } from './progress.js';
import { openSecrets } from './secrets.js';
import { sumsByName } from './demo/city-client.js';

describe('an installation', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'tiepsuc-standalone-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('makes its secrets once, for its owner only', async () => {
    const path = join(folder, 'new', 'secrets.json');
    const secrets = await openSecrets(path);
    expect(secrets.vaultKey).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await openSecrets(path)).toEqual(secrets);
  });

  it.each(['', '{}', '{"vaultKey":"short"}'])('does not replace secrets that are damaged: %j', async (text) => {
    const path = join(folder, 'secrets.json');
    await writeFile(path, text);
    await expect(openSecrets(path)).rejects.toThrow(/restore it from a backup/);
    expect(await readFile(path, 'utf8')).toBe(text);
  });

  it('is kept for one process at a time', async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(FolderInUse);
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  it('names the port that is taken and the option that helps', async () => {
    const ports = portsFrom(await freePorts(10));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(ports.district, '127.0.0.1', resolve));
    const taken = checkFree(ports);
    await expect(taken).rejects.toThrow(PortTaken);
    await expect(taken).rejects.toThrow(new RegExp(`${ports.district} \\(district\\).*--port`));
    await new Promise((resolve) => server.close(resolve));
  });

  it('keeps two log files of limited size', async () => {
    const log = new LogFile(join(folder, 'log', 'a.log'), 20);
    for (const line of ['one, long enough to fill it\n', 'two\n']) log.write(line);
    expect(await readFile(`${log.path}.1`, 'utf8')).toContain('one');
    expect(await readFile(log.path, 'utf8')).toBe('two\n');
  });
});

describe('progress', () => {
  it('keeps one line on a terminal and writes one every five seconds elsewhere', () => {
    let nowMs = 0;
    const shownOn = (isTTY: boolean) => {
      const written: string[] = [];
      const progress = new Progress({ isTTY, columns: 6, write: (text) => written.push(text) }, () => nowMs);
      for (nowMs of [0, 1_000, 5_000]) progress.show(`at ${nowMs}`);
      return written;
    };
    expect(shownOn(true)).toEqual(['\r\u001b[2Kat 0', '\r\u001b[2Kat 10', '\r\u001b[2Kat 50']);
    expect(shownOn(false)).toEqual(['at 0\n', 'at 5000\n']);
  });
});

describe('metrics', () => {
  const text = '# HELP lag Lag\nlag{service="a",topic="x"} 2\nlag{service="a",topic="y"} 3\npending{service="a"} 1.5\n';

  it('are added up over their labels, or over those with one label', () => {
    expect(sumsByName(text)).toEqual(
      new Map([
        ['lag', 5],
        ['pending', 1.5],
      ]),
    );
    expect(sumsByName(text, 'topic="y"')).toEqual(new Map([['lag', 3]]));
  });
});
