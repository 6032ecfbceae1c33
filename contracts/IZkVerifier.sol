// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4;

/// @title Why a proof is refused
/// @notice Every error with which `verifyProof` can end, at the gateway or at a verifier. The interfaces below inherit
/// them, so they are in the ABI of a consumer that is an `IZkConsumer`, and tools can show them by name.
interface IZkVerifierErrors {
    /// @notice The proof is well formed and wrong: public values, program key and proof do not belong together.
    error InvalidProof();
    /// @notice The proof is not as long as proofs of this verifier are.
    /// @param received Its length in bytes.
    /// @param expected The right length in bytes.
    error InvalidProofLength(uint256 received, uint256 expected);
    /// @notice The proof was made for another verifier or another version of it.
    /// @param received The first four bytes of the proof.
    /// @param expected The first four bytes of proofs for this verifier.
    error WrongVerifierSelector(bytes4 received, bytes4 expected);
    /// @notice A public input is not below the order of the group.
    /// @param received The input.
    /// @param expected It must be below this.
    error PublicInputNotInField(uint256 received, uint256 expected);
    /// @notice A coordinate of the proof is not below the modulus of the curve's field.
    /// @param index Which of the eight coordinates.
    /// @param received The coordinate.
    error CoordinateNotInField(uint256 index, uint256 received);
    /// @notice Too little gas for the precompiles; the proof was not judged.
    /// @param received Gas that was left.
    /// @param expected Gas that must be left.
    error InsufficientGas(uint256 received, uint256 expected);
    /// @notice The mock verifier exists on local chains only.
    /// @param received The id of this chain.
    error LocalChainsOnly(uint256 received);

    /// @notice The gateway was stopped.
    error GatewayIsStopped();
    /// @notice The proof is too short to have a selector.
    /// @param received Its length in bytes.
    /// @param expected The least length in bytes.
    error ProofTooShort(uint256 received, uint256 expected);
    /// @notice The gateway has no verifier for this selector.
    /// @param selector The first four bytes of the proof.
    error RouteNotFound(bytes4 selector);
    /// @notice The gateway refuses this selector for ever.
    /// @param selector The first four bytes of the proof.
    error RouteIsFrozen(bytes4 selector);
    /// @notice There is no code at the verifier's address.
    /// @param verifier Where the route leads.
    error VerifierHasNoCode(address verifier);
    /// @notice The verifier failed without saying why, most likely for lack of gas.
    /// @param verifier Where the route leads.
    error VerifierFailed(address verifier);
}

/// @title Verifier of zkVM proofs
/// @notice What a consumer contract needs. `verifyProof` has the ABI of `ISP1Verifier`, so contracts written for SP1 work
/// unchanged; take the address of a gateway rather than of one verifier, and upgrades need no change in the consumer.
interface IZkVerifier is IZkVerifierErrors {
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
interface IZkConsumer is IZkVerifierErrors {
    /// @notice Verifies the proof and stores what its public values say; reverts when the proof is refused.
    /// @param publicValues The bytes which the program committed.
    /// @param proofBytes The proof, selector first.
    function submitProof(bytes calldata publicValues, bytes calldata proofBytes) external;
}
