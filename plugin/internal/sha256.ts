/** SHA-256. */
import { createHash } from 'node:crypto';

/** Of bytes, or of a text in UTF-8: 64 hex digits. */
export function sha256Hex(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}
