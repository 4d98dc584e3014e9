/** Names a state by its content, for things whose updates AWS gives no time. */
import { createHash } from 'node:crypto';

export const hashOf = (state: object): string =>
  createHash('sha256').update(JSON.stringify(state)).digest('hex').slice(0, 16);
