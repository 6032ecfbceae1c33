/** Base64 by the platform's own code; strict: one text for every sequence of bytes, and no other text. */
export const base64 = {
  encode(bytes: Uint8Array): string {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  },

  /** undefined for text that `encode` does not make: white space, missing padding, unused bits that are not zero. */
  decode(text: string): Uint8Array | undefined {
    if (text.length % 4 !== 0) return undefined;
    // The platform skips what it does not know, so what it has read is compared with what there was.
    const bytes = Buffer.from(text, 'base64');
    return bytes.toString('base64') === text ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : undefined;
  },
};
