/** The tasks of the plugin: a folder and a line for each. They are loaded at every Hardhat command, their actions are not. */
export { default as aggregate } from './aggregate/index.ts';
export { default as build } from './build/index.ts';
export { default as clean } from './clean/index.ts';
export { default as deploy } from './deploy/index.ts';
export { default as execute } from './execute/index.ts';
export { default as inspect } from './inspect/index.ts';
export { default as new } from './new/index.ts';
export { default as prove } from './prove/index.ts';
export { default as setup } from './setup/index.ts';
export { default as submit } from './submit/index.ts';
export { default as verify } from './verify/index.ts';
export { default as vkey } from './vkey/index.ts';
