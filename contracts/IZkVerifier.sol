// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Verifier of zkVM proofs
/// @notice What a consumer contract needs. `verifyProof` has the ABI of `ISP1Verifier`, so contracts written for SP1 work
/// unchanged; take the address of a gateway rather than of one verifier, and upgrades need no change in the consumer.
interface IZkVerifier {
    /// @notice Returns when the proof is good, reverts otherwise; there is no boolean that could be ignored.
    /// @dev A proof can be turned into other bytes that prove the same statement: never use proof bytes as a nullifier.
    /// @param programVKey The verifying key of the program that ran.
    /// @param publicValues The bytes which the program committed.
    /// @param proofBytes Four bytes that select the verifier, then its proof.
    function verifyProof(bytes32 programVKey, bytes calldata publicValues, bytes calldata proofBytes) external view;
}

/// @title A verifier that can be routed by its hash
/// @notice Implemented by the versioned verifiers and by the mock, not by the gateway.
interface IZkVerifierWithHash is IZkVerifier {
    /// @notice Identifies the verifier and everything it accepts; its first four bytes begin every proof for it.
    function VERIFIER_HASH() external view returns (bytes32);
}

/// @title A contract that learns from proofs
/// @notice The default target of `zkvm submit --to`.
interface IZkConsumer {
    /// @notice Verifies the proof and stores what its public values say; reverts when the proof is refused.
    /// @param publicValues The bytes which the program committed.
    /// @param proofBytes The proof, selector first.
    function submitProof(bytes calldata publicValues, bytes calldata proofBytes) external;
}
