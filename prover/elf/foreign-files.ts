/** Names files that are not programs for this machine, so that a wrong file is recognised by its message. */

/** What a file is that does not begin as an ELF file does. */
export function describeForeignFile(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'the file is empty';
  const known = SIGNATURES.find(([signature]) => signature.every((byte, i) => bytes[i] === byte));
  if (known !== undefined) return `the file is ${known[1]}, not an ELF file`;
  const head = bytes.subarray(0, 512);
  const isText = head.every((byte) => (byte >= 0x20 && byte !== 0x7f) || (byte >= 0x09 && byte <= 0x0d));
  return isText ? 'the file is text, not an ELF file' : 'the file is not an ELF file';
}

/** First bytes, and what they mean. */
const SIGNATURES: readonly (readonly [readonly number[], string])[] = [
  [[0x00, 0x61, 0x73, 0x6d], 'a WebAssembly module'],
  [[0x4d, 0x5a], 'a Windows program'],
  [[0xcf, 0xfa, 0xed, 0xfe], 'a macOS program'],
  [[0xce, 0xfa, 0xed, 0xfe], 'a macOS program'],
  [[0xca, 0xfe, 0xba, 0xbe], 'a macOS program or a Java class'],
  [ascii('!<arch>\n'), 'a library (.a or .rlib)'],
  [ascii('version https://git-lfs'), 'a placeholder of Git LFS (fetch the file itself with "git lfs pull")'],
  [ascii('BC'), 'LLVM bitcode'],
  [[0x1f, 0x8b], 'compressed by gzip'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed by zstd'],
  [ascii('PK'), 'a ZIP archive'],
];

/** Name of an ELF machine number. Source: System V ABI, `e_machine`. */
export function machineName(machine: number): string {
  return MACHINES[machine] ?? `machine ${machine}`;
}

const MACHINES: Readonly<Record<number, string>> = {
  0: 'no machine',
  3: 'x86 (32 bits)',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC (64 bits)',
  22: 'IBM Z',
  40: 'ARM (32 bits)',
  62: 'x86-64',
  183: 'ARM (64 bits)',
  243: 'RISC-V',
  247: 'BPF',
  258: 'LoongArch',
  263: 'Solana SBF',
};

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
