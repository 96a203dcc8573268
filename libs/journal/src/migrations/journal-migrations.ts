import { Journal1700000000001 } from './1700000000001-journal.js';
import { OutboxByTransaction1700000000004 } from './1700000000004-outbox-by-transaction.js';
import { ShortFingerprints1700000000005 } from './1700000000005-short-fingerprints.js';

/** The tables of every journal. */
export const journalMigrations = [
  Journal1700000000001,
  OutboxByTransaction1700000000004,
  ShortFingerprints1700000000005,
] as const;
