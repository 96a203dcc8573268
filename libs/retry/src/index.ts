export { retryUntilDone, type Backoff, type RetryOptions } from './retry-until-done.js';
export { aborted, pause, withTimeout } from './timers.js';
