import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';

type Arguments = CommonArguments & { readonly program: string };

export default taskAction<Arguments>(async (args, hre, run) => {
  const vkey = await hre.zkvm.vkey(args.program, run);
  return { lines: [vkey], json: { program: args.program, vkey } };
});
