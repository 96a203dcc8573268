import { boundaries } from './boundaries.mjs';
import { maxParams } from './max-params.mjs';
import { noProcessEnv } from './no-process-env.mjs';
import { pureDomain } from './pure-domain.mjs';

/** The rules no published plugin knows: they are about this repository. */
export const plugin = {
  meta: { name: 'tiepsuc' },
  rules: { boundaries, 'max-params': maxParams, 'no-process-env': noProcessEnv, 'pure-domain': pureDomain },
};
