// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IZkConsumer, IZkVerifier} from "../IZkVerifier.sol";

/// @title Counts proofs that the program `programs/add` ran to its end
/// @notice The program asserts that 10 + 20 is 30; a failed assertion would be a panic, and a panic has no proof that this
/// verifier accepts. Its public values are kept as they are.
contract SumExample is IZkConsumer {
    /// @notice A proof was accepted.
    event SumProved(uint256 indexed count, bytes publicValues);

    /// @notice The gateway, or one verifier.
    IZkVerifier public immutable VERIFIER;
    /// @notice The only program whose word counts here.
    bytes32 public immutable PROGRAM_VKEY;

    /// @notice How many proofs were accepted.
    uint256 public count;
    /// @notice What the last one committed.
    bytes public publicValues;

    constructor(IZkVerifier verifier, bytes32 programVKey) {
        VERIFIER = verifier;
        PROGRAM_VKEY = programVKey;
    }

    /// @inheritdoc IZkConsumer
    function submitProof(bytes calldata newPublicValues, bytes calldata proofBytes) external {
        VERIFIER.verifyProof(PROGRAM_VKEY, newPublicValues, proofBytes);
        publicValues = newPublicValues;
        emit SumProved(++count, newPublicValues);
    }
}
