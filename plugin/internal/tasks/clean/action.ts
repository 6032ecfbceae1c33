import { taskAction } from '../action.ts';
import type { CommonArguments } from '../action.ts';
import { formatBytes } from '../../text/format.ts';

function runs(count: number): string {
  return `${count} ${count === 1 ? 'run' : 'runs'}`;
}

export default taskAction<CommonArguments>(async (_args, hre) => {
  const cleaned = await hre.zkvm.clean();
  const { directory, removed, bytes, inUse } = cleaned;
  return {
    lines: [
      removed === 0
        ? `No interrupted run has left anything in ${directory}.`
        : `Removed what ${runs(removed)} left in ${directory}: ${formatBytes(bytes)}.`,
      ...(inUse === 0
        ? []
        : [`${runs(inUse)} ${inUse === 1 ? 'is' : 'are'} going on and ${inUse === 1 ? 'stays' : 'stay'}.`]),
    ],
    json: cleaned,
  };
});
