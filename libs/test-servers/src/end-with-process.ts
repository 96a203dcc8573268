import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** Waits for the end of its input, ends the server, and removes its folder: $1. The cluster may be a link. */
const GUARD_SCRIPT = `
cat >/dev/null
cluster=$(readlink -f "$1/cluster")
pid=$(head -n 1 "$cluster/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
  kill -QUIT "$pid" 2>/dev/null
  for wait in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null || break; sleep 0.5; done
fi
[ -n "$cluster" ] && rm -rf -- "$cluster"
rm -rf -- "$1"
`;

/**
 * Ends the PostgreSQL server of the folder, and removes the folder, when this process is gone, however it
 * went: the guard's input is a pipe from us, which the system closes for us. The guard sits in a process
 * group of its own, so that Ctrl-C does not reach it, and does not keep this process alive.
 */
export function endPostgresWithProcess(folder: string): void {
  const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'guard', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  (guard.stdin as Socket).unref();
  guard.unref();
}
