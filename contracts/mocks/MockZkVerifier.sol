// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IZkVerifier, IZkVerifierWithHash} from "../IZkVerifier.sol";

/// @title Verifier of mock proofs, for fast tests of consumer contracts
/// @notice PROVES NOTHING: anyone can write a mock proof. It has the shape of the real one (selector, 260 bytes, routed by
/// the same gateway) and refuses other program keys and public values, so tests of the unhappy path mean something.
/// @dev A mock proof is selector (4), program key (32), digest of the public values (32), zeros (192).
///
/// Where it works: on chain ids 31337 and 1337, and on a simulated chain of any id, such as a fork, whose simulator wrote the
/// chain's id into `SIMULATED_SLOT`. No code of this contract writes that slot, and its constructor refuses other ids, so on
/// a chain that is not simulated it neither comes to be nor answers, whoever sends its bytecode.
contract MockZkVerifier is IZkVerifierWithHash {
    /// @notice Length of a proof in bytes.
    uint256 public constant PROOF_LENGTH = 260;
    /// @inheritdoc IZkVerifierWithHash
    bytes32 public constant VERIFIER_HASH = sha256("hardhat-zkvm/mock/1");

    /// @dev Written from outside the chain, by `hardhat_setStorageAt`.
    bytes32 private constant SIMULATED_SLOT = sha256("hardhat-zkvm/mock/simulated");

    constructor() {
        if (block.chainid != 31337 && block.chainid != 1337) revert LocalChainsOnly(block.chainid);
    }

    /// @inheritdoc IZkVerifier
    function verifyProof(bytes32 programVKey, bytes calldata publicValues, bytes calldata proofBytes) external view {
        // A local chain may be a fork that is later copied elsewhere: the id is checked at every call.
        if (block.chainid != 31337 && block.chainid != 1337) {
            bytes32 slot = SIMULATED_SLOT;
            uint256 simulated;
            assembly ("memory-safe") {
                simulated := sload(slot)
            }
            if (simulated != block.chainid) revert LocalChainsOnly(block.chainid);
        }
        if (proofBytes.length != PROOF_LENGTH) revert InvalidProofLength(proofBytes.length, PROOF_LENGTH);
        bytes4 received = bytes4(proofBytes);
        if (received != bytes4(VERIFIER_HASH)) revert WrongVerifierSelector(received, bytes4(VERIFIER_HASH));
        bytes32 digest = bytes32(uint256(sha256(publicValues)) & ((1 << 253) - 1));
        bytes memory expected = abi.encodePacked(bytes4(VERIFIER_HASH), programVKey, digest, new bytes(192));
        if (keccak256(proofBytes) != keccak256(expected)) revert InvalidProof();
    }
}
