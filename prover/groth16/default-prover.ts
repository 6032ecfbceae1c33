/** The Groth16 implementation that is used unless told otherwise: the one line outside its folder that knows its name. */
export { default } from './snarkjs/prover.ts';
