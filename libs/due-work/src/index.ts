export { dueWork } from './due-work.js';
export type { DueItem, DueWorkHandler, HandlerRun, Settlement } from './due-work-handler.js';
export { DueWorkQueue } from './due-work-queue.js';
export { DueWorkRow } from './due-work.row.js';
export { DueWorker } from './due-worker.js';
export { dueWorkerProvider } from './due-worker-provider.js';
export { dueWorkMigrations } from './migrations/due-work-migrations.js';
