/** Custom errors of the user's own contracts, to explain why a consumer refused a proof. */
import type { ArtifactManager } from 'hardhat/types/artifacts';
import type { AbiItem } from './abi.ts';

/** The errors in the ABIs of everything that was compiled; none where there is nothing to read. */
export async function readErrors(artifacts: ArtifactManager): Promise<AbiItem[][]> {
  try {
    const names = [...(await artifacts.getAllFullyQualifiedNames())];
    const abis = await Promise.all(
      names.map(async (name) => (await artifacts.readArtifact(name)).abi as readonly AbiItem[]),
    );
    return abis.map((abi) => abi.filter(({ type }) => type === 'error'));
  } catch {
    // The refusal itself is what the user must see.
    return [];
  }
}
