/** Base-field NTTs at rate 1/2; items are output elements. The reference is the plain TypeScript transform. */
import { evaluateOnDomain } from '../../prover/pcs/reference/encode.ts';
import { Ntt } from '../../prover/poly/ntt.ts';
import { createThreadPool } from '../../prover/wasm/thread-pool.ts';
import { report, threads } from './harness.ts';

const pool = await createThreadPool({ threads });
const ntt = new Ntt(pool);
for (const [logSize, count] of [
  [12, 64],
  [17, 24],
  [21, 4],
  [24, 1],
] as const) {
  pool.arena.scope(() => {
    const columns = Array.from({ length: count }, () => {
      const coefficients = pool.arena.alloc(2 << logSize);
      pool.arena.u32(coefficients, 1 << (logSize - 1)).fill(0x12345678);
      return { coefficients, values: pool.arena.alloc(4 << logSize) };
    });
    report(`ntt 2^${logSize}, ${count} column(s)`, count << logSize, () => ntt.evaluate(columns, logSize - 1, logSize));
  });
}
const coefficients = new Uint32Array(1 << 11).fill(0x12345678);
report('ntt 2^12, reference', 1 << 12, () => void evaluateOnDomain(coefficients, 12));
await pool.close();
