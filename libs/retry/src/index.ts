export { eventually } from './eventually.js';
export { retryUntilDone, type Backoff } from './retry-until-done.js';
export { aborted, pause, withTimeout } from './timers.js';
