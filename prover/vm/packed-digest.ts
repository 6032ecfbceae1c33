/** Digests of eight base elements as bytes32, as users and contracts have them: verifying keys of programs, control roots. */
import { bytes32, type Hex } from '../core/hex.ts';
import { P } from '../field/koalabear.ts';
import { PACK_BITS, packScalar } from '../hash/sponge-bn254.ts';
import { DIGEST_LENGTH } from '../hash/sponge-koalabear.ts';

/** Eight elements below p as bytes32: sum_i e_i 2^(31 i), below 2^248. */
export function packDigest(felts: readonly number[]): Hex {
  return bytes32(packScalar(felts));
}

/** The eight elements of a verifying key; undefined where the bytes32 is none: more than 248 bits, or an element of p or more. */
export function keyElements(vkey: Hex): number[] | undefined {
  const packed = BigInt(vkey);
  const bits = Number(PACK_BITS);
  if (packed >> BigInt(DIGEST_LENGTH * bits) !== 0n) return undefined;
  const elements = Array.from({ length: DIGEST_LENGTH }, (_, j) =>
    Number(BigInt.asUintN(bits, packed >> BigInt(j * bits))),
  );
  return elements.every((element) => element < P) ? elements : undefined;
}
