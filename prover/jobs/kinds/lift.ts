/** Proves that a core proof verifies. */
import { recursionJob } from './recursion.ts';

export const lift = recursionJob('lift', ['core']);
