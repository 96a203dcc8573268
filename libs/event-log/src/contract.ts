import { appendContract } from './contract/append-contract.js';
import type { OpenedLog } from './contract/contract-tools.js';
import { groupContract } from './contract/group-contract.js';
import { outcomeContract } from './contract/outcome-contract.js';
import { readContract } from './contract/read-contract.js';

export { newFence, newGroup, newRecord, newRecords, newTopic, readAll } from './contract/contract-tools.js';
export type { OpenedLog } from './contract/contract-tools.js';
export { type Decide, RememberedOffsets, RememberingReader } from './contract/remembering-reader.js';

/**
 * What every event log promises, as Jest tests. `open` runs once; each test makes topics of its own.
 * Call it at the top level of a spec.
 */
export function eventLogContract(name: string, open: () => Promise<OpenedLog>): void {
  describe(`the event log contract, ${name}`, () => {
    let opened: OpenedLog;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      await opened?.close();
    });
    const current = () => opened;
    appendContract(current);
    readContract(current);
    groupContract(current);
    outcomeContract(current);
  });
}
