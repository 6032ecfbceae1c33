// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IZkVerifier, IZkVerifierWithHash} from "../IZkVerifier.sol";

/// @title A faulty verifier that burns all gas it gets, for tests of the gateway
contract GasBurner is IZkVerifierWithHash {
    /// @inheritdoc IZkVerifierWithHash
    bytes32 public constant VERIFIER_HASH = bytes32(bytes4(0x0badf00d));

    /// @inheritdoc IZkVerifier
    function verifyProof(bytes32, bytes calldata, bytes calldata) external pure {
        assembly ("memory-safe") {
            invalid()
        }
    }
}
