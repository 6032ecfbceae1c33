/**
 * Loads snarkjs, at its first use and in any thread. It starts its workers through web-worker 1.2, which looks once, while
 * it is loaded, whether it runs in the main thread, and takes every other thread for a worker of its own. Our jobs run in
 * threads, so for that moment it is told that this is the main one. An edge (node:worker_threads).
 */
import { isMainThread } from 'node:worker_threads';
import type * as library from 'snarkjs';

type Snarkjs = typeof library;

let loaded: Promise<Snarkjs> | undefined;

/** The library; loading takes part of a second. */
export function snarkjs(): Promise<Snarkjs> {
  loaded ??= isMainThread ? import('snarkjs') : loadInThread();
  return loaded;
}

async function loadInThread(): Promise<Snarkjs> {
  const threads: { isMainThread: boolean } = process.getBuiltinModule('node:worker_threads');
  threads.isMainThread = true;
  try {
    return await import('snarkjs');
  } finally {
    threads.isMainThread = false;
  }
}
