/**
 * What a scheduler and a worker elsewhere say to each other, over any channel of messages. A message is a header, which is
 * plain data, and bytes. One job at a time; `run` numbers them, so that what comes late is known to be late.
 */
import { ZkError } from '../../core/errors.ts';
import type { ArtifactId } from '../artifact.ts';
import type { ErrorData } from '../errors.ts';
import type { ReadyJob } from '../job.ts';
import type { Capabilities, Step } from '../worker.ts';

/** Changes with every change of the messages. */
export const PROTOCOL = 'hardhat-zkvm-worker/2';

/** From the scheduler. `artifact` and `missing` answer `need`; the bytes of an artifact are the body. */
export type Request =
  | { readonly type: 'run'; readonly run: number; readonly job: ReadyJob }
  | { readonly type: 'artifact'; readonly run: number; readonly id: ArtifactId }
  | { readonly type: 'missing'; readonly run: number; readonly id: ArtifactId; readonly error: ErrorData }
  | { readonly type: 'cancel'; readonly run: number };

/** From the worker, which begins with `hello`. The bytes of a result, and of what is `given` before it, are the body. */
export type Response =
  | { readonly type: 'hello'; readonly protocol: string; readonly capabilities: Capabilities }
  | { readonly type: 'need'; readonly run: number; readonly id: ArtifactId }
  | { readonly type: 'start'; readonly run: number }
  | { readonly type: 'step'; readonly run: number; readonly step: Step }
  | { readonly type: 'given'; readonly run: number; readonly id: ArtifactId }
  | { readonly type: 'result'; readonly run: number; readonly id: ArtifactId }
  | { readonly type: 'error'; readonly run: number; readonly error: ErrorData };

/** Messages both ways, in order. */
export interface Channel {
  send(header: Request | Response, body?: Uint8Array): void;
  /** Called once. `onEnd`: nothing comes any more; with the reason where there is one. */
  listen(onMessage: (header: unknown, body: Uint8Array) => void, onEnd: (reason?: Error) => void): void;
  /** Ends it; when it has ended, so has the other side as far as this one can tell. Idempotent. */
  close(): Promise<void>;
}

/** Something that is no message of this protocol. Code WORKER_PROTOCOL. */
export class ProtocolError extends ZkError {
  constructor(problem: string) {
    super('WORKER_PROTOCOL', `What came from the other side is no message of "${PROTOCOL}": ${problem}.`);
  }
}

type Check = (value: unknown) => boolean;
const text: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const object =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const entries = value as Readonly<Record<string, unknown>>;
    return (
      Object.entries(fields).every(([name, check]) => check(entries[name])) &&
      Object.keys(entries).every((name) => Object.hasOwn(fields, name))
    );
  };
const plain: Check = (value) =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((entry) => entry === null || ['string', 'number', 'boolean'].includes(typeof entry));

const id: Check = (value) => typeof value === 'string' && /^[a-z][a-z0-9-]{0,63}-[0-9a-f]{64}$/.test(value);
const needs = object({ memoryBytes: number, threads: number });
const job = object({
  id,
  kind: text,
  inputs: list(id),
  params: plain,
  needs,
  keep: (value) => typeof value === 'boolean',
});
const error = object({
  name: text,
  message: text,
  code: optional(text),
  where: optional(text),
  problem: optional(text),
});
const step = object({ step: text, fraction: optional(number) });
const capabilities = object({ kinds: list(text), threads: number, memoryBytes: optional(number) });

const REQUESTS: Readonly<Record<Request['type'], Check>> = {
  run: object({ type: text, run: number, job }),
  artifact: object({ type: text, run: number, id }),
  missing: object({ type: text, run: number, id, error }),
  cancel: object({ type: text, run: number }),
};

const RESPONSES: Readonly<Record<Response['type'], Check>> = {
  hello: object({ type: text, protocol: text, capabilities }),
  need: object({ type: text, run: number, id }),
  start: object({ type: text, run: number }),
  step: object({ type: text, run: number, step }),
  given: object({ type: text, run: number, id }),
  result: object({ type: text, run: number, id }),
  error: object({ type: text, run: number, error }),
};

function read<T>(checks: Readonly<Record<string, Check>>, header: unknown): T {
  const type: unknown = typeof header === 'object' && header !== null && 'type' in header ? header.type : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(checks, type)) throw new ProtocolError('its type is unknown');
  if (checks[type]?.(header) !== true) throw new ProtocolError(`"${type}" does not have its fields`);
  // Checked field by field just now.
  return header as T;
}

/** A message from a scheduler. ProtocolError. */
export function readRequest(header: unknown): Request {
  return read<Request>(REQUESTS, header);
}

/** A message from a worker. ProtocolError. */
export function readResponse(header: unknown): Response {
  return read<Response>(RESPONSES, header);
}
