/**
 * Starts the city as the README says, on a folder and ports of its own, and measures how long the first request waits
 * for its answer: first on an empty folder, then again after `kill -9` of everything, with the data still there.
 * Usage: node tools/build/first-answer.mjs. The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PORT = 31_220;
const FIRST_WITHIN_SECONDS = 90;
const AGAIN_WITHIN_SECONDS = 10;
const folder = mkdtempSync(join(tmpdir(), 'tiepsuc-start-'));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const url = `http://127.0.0.1:${PORT}/requests`;

function start() {
  const args = ['start', '--', '--folder', folder, '--port', String(PORT)];
  return spawn('npm', args, { stdio: 'ignore', detached: true });
}

/** Files a request as soon as the service answers; returns its receipt and the seconds it took. */
async function firstAnswer(sinceMs, limitSeconds) {
  const body = JSON.stringify({ reporter: { phone: '0900012345' }, needs: ['food'], address: { districtCode: '760' } });
  while (Date.now() - sinceMs < limitSeconds * 1_000) {
    const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch(
      () => undefined,
    );
    if (answer?.status === 201) return { receipt: await answer.json(), seconds: (Date.now() - sinceMs) / 1_000 };
    await pause(100);
  }
  throw new Error(`no answer within ${limitSeconds} s`);
}

/** Ends the process group of the city and its PostgreSQL at once, as a power cut would. */
function killEverything(city) {
  process.kill(-city.pid, 'SIGKILL');
  const pidFile = join(folder, 'postgres/cluster/postmaster.pid');
  if (existsSync(pidFile)) process.kill(Number(readFileSync(pidFile, 'utf8').split('\n')[0]), 'SIGKILL');
}

let passed = 0;
let city;
try {
  let sinceMs = Date.now();
  city = start();
  const first = await firstAnswer(sinceMs, FIRST_WITHIN_SECONDS);
  process.stdout.write(`first answer after ${first.seconds.toFixed(1)} s (limit ${FIRST_WITHIN_SECONDS} s)\n`);
  passed++;
  await pause(2_000);
  killEverything(city);
  await pause(1_000);
  sinceMs = Date.now();
  city = start();
  const again = await firstAnswer(sinceMs, AGAIN_WITHIN_SECONDS);
  process.stdout.write(
    `after kill -9 of everything: ${again.seconds.toFixed(1)} s (limit ${AGAIN_WITHIN_SECONDS} s)\n`,
  );
  passed++;
  const found = await fetch(`${url}/${first.receipt.trackingCode}`);
  if (found.status !== 200) throw new Error('the request of before is gone');
  process.stdout.write('the request of before is still there\n');
  passed++;
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  if (city) killEverything(city);
  await pause(500);
  rmSync(folder, { recursive: true, force: true });
  process.stdout.write(`${passed} passed, ${passed === 3 ? 0 : 1} failed\n`);
}
