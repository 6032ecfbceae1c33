/** The verifying key of a guest program: the digest of everything the key holds, which users see as bytes32. */
import { nativeBackend } from '../verifier/native-backend.ts';
import { suiteKoalaBear } from '../verifier/suite-koalabear.ts';
import { constantKey, keyDigest, type VerifyingKey } from '../stark/key.ts';
import { layerLayout } from '../stark/layout.ts';
import type { ProvingKey } from '../stark/prover/interface.ts';
import { type CommitColumns, setupKey } from '../stark/setup.ts';
import type { Program } from '../vm/program.ts';
import type { CoreLayer } from './tiers.ts';

/** The digest of a core key on a tier. Equal for all tiers of the same preprocessed shape. */
export function coreKeyDigest({ core, tier }: CoreLayer, key: VerifyingKey): number[] {
  const on = nativeBackend(suiteKoalaBear);
  const layout = layerLayout(core.machine, tier);
  return on.digestFelts(keyDigest(on, layout, constantKey(on, layout, key)));
}

/** Commits to a program's tables on a tier. */
export function coreProvingKey(program: Program, { core, tier }: CoreLayer, commit: CommitColumns): ProvingKey {
  return setupKey(suiteKoalaBear, core.machine, tier, core.preprocess(program), core.keyFelts(program), commit);
}
