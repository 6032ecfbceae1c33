/** Base64 without platform modules; strict: no white space, padding required, unused bits zero. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CHUNK = 0x6000;

export const base64 = {
  encode(bytes: Uint8Array): string {
    let text = '';
    // In chunks of a multiple of three bytes, so that the pieces join without padding inside.
    for (let at = 0; at < bytes.length; at += CHUNK)
      text += btoa(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
    return text;
  },

  /** undefined for text that `encode` does not make. */
  decode(text: string): Uint8Array | undefined {
    if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
    const binary = atob(text);
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const spare = (3 - (bytes.length % 3)) % 3;
    const last = ALPHABET.indexOf(text.at(-1 - spare) ?? '');
    const unused = spare === 0 ? 0 : spare === 1 ? last & 3 : last & 15;
    return text.length > 0 && unused !== 0 ? undefined : bytes;
  },
};
