// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IZkVerifierWithHash, IZkVerifier} from "../IZkVerifier.sol";
import {Groth16} from "./Groth16.sol";

/// @title Verifier of zkVM proofs, version 1
/// @notice Checks that a program with the given key ran, halted with exit code 0 and committed the given bytes. Immutable:
/// no owner, no storage. Exit code 0 is part of the statement that the Groth16 circuit proves.
contract ZkVerifier is IZkVerifierWithHash, Groth16 {
    /// @notice Version of the statement and of the encoding of proofs.
    string public constant VERSION = "1";
    /// @notice Length of a proof in bytes.
    uint256 public constant PROOF_LENGTH = 260;
    /// @inheritdoc IZkVerifierWithHash
    bytes32 public immutable VERIFIER_HASH;
    /// @notice Root of the recursion keys that proofs may have been made with.
    bytes32 public immutable CONTROL_ROOT;
    /// @notice True when the key comes from the development setup: everybody knows its secret and can forge proofs.
    bool public immutable INSECURE_DEVELOPMENT_KEY;

    /// @dev Three top bits cleared: what remains is below the order of the group.
    uint256 private constant DIGEST_MASK = (1 << 253) - 1;

    /// @param key The Groth16 key and the control root; see contracts/README.md for the order of words.
    constructor(VerifyingKey memory key) Groth16(key) {
        VERIFIER_HASH = sha256(abi.encodePacked("hardhat-zkvm/groth16/1", abi.encode(key)));
        CONTROL_ROOT = bytes32(key.controlRoot);
        INSECURE_DEVELOPMENT_KEY = key.insecure;
    }

    /// @inheritdoc IZkVerifier
    function verifyProof(bytes32 programVKey, bytes calldata publicValues, bytes calldata proofBytes) external view {
        if (proofBytes.length != PROOF_LENGTH) revert InvalidProofLength(proofBytes.length, PROOF_LENGTH);
        bytes4 received = bytes4(proofBytes);
        bytes4 expected = bytes4(VERIFIER_HASH);
        if (received != expected) revert WrongVerifierSelector(received, expected);
        uint256 coordinates;
        assembly ("memory-safe") {
            coordinates := add(proofBytes.offset, 4)
        }
        _requireProof(coordinates, uint256(programVKey), uint256(hashPublicValues(publicValues)));
    }

    /// @notice The digest that a proof binds: sha256 with its three top bits cleared.
    /// @param publicValues The bytes which the program committed.
    function hashPublicValues(bytes calldata publicValues) public pure returns (bytes32) {
        return bytes32(uint256(sha256(publicValues)) & DIGEST_MASK);
    }
}
