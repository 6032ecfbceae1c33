/**
 * Frames over a stream of bytes: the mark "ZKW1", lengths of header and body (u32, little-endian), the header as JSON in
 * UTF-8, the body. Lengths are bounded, so that a stranger cannot ask for memory that nobody has.
 */
import { ProtocolError } from './protocol.ts';

const MARK = Buffer.from('ZKW1');
const PREFIX_BYTES = MARK.length + 8;
/** Longest header: error messages are the longest parts of one. */
export const MAX_HEADER_BYTES = 2 ** 20;
/** Longest body: the largest artifacts are ELF files and inputs. */
export const MAX_BODY_BYTES = 2 ** 28;

/** A frame of a header and a body. RangeError for what is too long for one. */
export function frameOf(header: unknown, body: Uint8Array = new Uint8Array()): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  if (json.length > MAX_HEADER_BYTES || body.length > MAX_BODY_BYTES) {
    throw new RangeError(
      `a frame has at most ${MAX_HEADER_BYTES} and ${MAX_BODY_BYTES} bytes, got ${json.length} and ${body.length}`,
    );
  }
  const lengths = Buffer.alloc(8);
  lengths.writeUInt32LE(json.length, 0);
  lengths.writeUInt32LE(body.length, 4);
  return Buffer.concat([MARK, lengths, json, body]);
}

/** Cuts a stream into frames. */
export class FrameReader {
  readonly #onFrame: (header: unknown, body: Uint8Array) => void;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(onFrame: (header: unknown, body: Uint8Array) => void) {
    this.#onFrame = onFrame;
  }

  /** Takes the next bytes, in whatever pieces they come. ProtocolError for what is no frame. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (;;) {
      const prefix = this.#peek(PREFIX_BYTES);
      // A stranger is told by his first bytes.
      if (!MARK.subarray(0, Math.min(prefix.length, MARK.length)).equals(prefix.subarray(0, MARK.length))) {
        throw new ProtocolError('it does not begin as a frame');
      }
      if (prefix.length < PREFIX_BYTES) return;
      const [header, body] = [prefix.readUInt32LE(MARK.length), prefix.readUInt32LE(MARK.length + 4)];
      if (header > MAX_HEADER_BYTES || body > MAX_BODY_BYTES) throw new ProtocolError('it says it is too long');
      if (this.#length < PREFIX_BYTES + header + body) return;
      const frame = this.#take(PREFIX_BYTES + header + body).subarray(PREFIX_BYTES);
      this.#onFrame(parse(frame.subarray(0, header)), Uint8Array.from(frame.subarray(header)));
    }
  }

  /** Whether bytes of an unfinished frame have come. */
  get isInside(): boolean {
    return this.#length > 0;
  }

  /** The next bytes, at most `count`, which stay. */
  #peek(count: number): Buffer {
    while (this.#chunks.length > 1 && (this.#chunks[0]?.length ?? 0) < count) {
      this.#chunks.splice(0, 2, Buffer.concat(this.#chunks.slice(0, 2)));
    }
    return (this.#chunks[0] ?? Buffer.alloc(0)).subarray(0, count);
  }

  #take(count: number): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    this.#chunks = all.length === count ? [] : [all.subarray(count)];
    this.#length -= count;
    return all.subarray(0, count);
  }
}

function parse(json: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    throw new ProtocolError('its header is not JSON');
  }
}
