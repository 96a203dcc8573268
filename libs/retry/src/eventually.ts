/** So generous that a machine with ten other things to do still gets there, and less than a test may take: the message is ours. */
const LIMIT_MS = 45_000;
const POLL_MS = 25;

/**
 * For tests: waits until the check holds, however slow the machine is. A check that throws does not hold yet.
 * @throws Error that names what did not happen, with what the check threw last as its cause
 */
export async function eventually(check: () => unknown, what = String(check)): Promise<void> {
  const until = performance.now() + LIMIT_MS;
  for (;;) {
    let cause: unknown;
    try {
      if (await check()) return;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > until) throw new Error(`did not happen within ${LIMIT_MS / 1_000} s: ${what}`, { cause });
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
