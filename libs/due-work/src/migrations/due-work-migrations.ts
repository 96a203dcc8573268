import { DueWork1700000000006 } from './1700000000006-due-work.js';

/** The table of a service that has due work; they come before its own migrations. */
export const dueWorkMigrations = [DueWork1700000000006] as const;
