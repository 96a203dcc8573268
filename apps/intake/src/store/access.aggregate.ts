import { accessTopic, type AccessEvent } from '@tiepsuc/contracts';
import { aggregate } from '@tiepsuc/journal';
import { evolveAccess, newAccess, type AccessState } from '../domain/access.js';

export const accesses = aggregate<AccessState, AccessEvent>({
  kind: 'access',
  topic: accessTopic,
  initial: newAccess,
  evolve: evolveAccess,
});
