/**
 * The part of the WebAssembly JavaScript interface we use, typed here: it belongs to every platform we run on, but to
 * TypeScript only through the DOM library. Source: WebAssembly JavaScript interface, W3C.
 */

/** A shared linear memory. `buffer` is replaced when it grows. */
export type WasmMemory = { readonly buffer: SharedArrayBuffer; grow(pages: number): number };

/** A compiled module; threads share its code. */
export type WasmModule = object;

/** An exported kernel: 32-bit words in, nothing out. */
export type Kernel = (...words: number[]) => void;

export type WasmInstance = { readonly exports: Readonly<Record<string, unknown>> };

type Imports = { readonly env: { readonly memory: WasmMemory; readonly scratch: number } };

type WasmApi = {
  readonly Memory: new (options: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: Imports) => WasmInstance;
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
};

// The global exists on every platform with SIMD and threads, which the pool needs anyway.
export const wasm: WasmApi = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;
