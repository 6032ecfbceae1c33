// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IZkConsumer, IZkVerifier} from "../IZkVerifier.sol";

/// @title Stores Fibonacci numbers that it did not compute
/// @notice The program `programs/fibonacci` commits (n, fib(n-1), fib(n)), ABI encoded; this contract believes them because
/// of the proof, whatever n is.
contract FibonacciExample is IZkConsumer {
    /// @notice A proof was accepted.
    event FibonacciProved(uint256 indexed n, uint256 previous, uint256 current);

    /// @notice Public values that are not three words.
    error UnexpectedPublicValues(uint256 received, uint256 expected);

    /// @notice The gateway, or one verifier.
    IZkVerifier public immutable VERIFIER;
    /// @notice The only program whose word counts here.
    bytes32 public immutable PROGRAM_VKEY;

    /// @notice What was learned last.
    uint256 public n;
    /// @notice fib(n - 1) modulo 2^32.
    uint256 public previous;
    /// @notice fib(n) modulo 2^32.
    uint256 public current;

    constructor(IZkVerifier verifier, bytes32 programVKey) {
        VERIFIER = verifier;
        PROGRAM_VKEY = programVKey;
    }

    /// @inheritdoc IZkConsumer
    function submitProof(bytes calldata publicValues, bytes calldata proofBytes) external {
        if (publicValues.length != 96) revert UnexpectedPublicValues(publicValues.length, 96);
        VERIFIER.verifyProof(PROGRAM_VKEY, publicValues, proofBytes);
        (n, previous, current) = abi.decode(publicValues, (uint256, uint256, uint256));
        emit FibonacciProved(n, previous, current);
    }
}
