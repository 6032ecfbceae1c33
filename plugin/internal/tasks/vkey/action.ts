import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { loadProverModule } from '../../prover-module.ts';

type Arguments = CommonArguments & { readonly program: string };

export default taskAction<Arguments>(async (args, hre, run) => {
  const vkey = await hre.zkvm.vkey(args.program, run);
  const { keyElements } = await loadProverModule();
  // As programs take it that call SP1's verify_sp1_proof.
  return { lines: [vkey], json: { program: args.program, vkey, elements: keyElements(vkey) } };
});
