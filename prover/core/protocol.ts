/** The name of the protocol; it begins every domain string that is hashed for a proof. */

/** Changes whenever the protocol or the meaning of a proof field changes. */
export const PROTOCOL = 'hardhat-zkvm/stark/2';
