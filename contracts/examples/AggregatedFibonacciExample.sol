// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {AggregateVerifier} from "../AggregateVerifier.sol";

/// @title Stores Fibonacci numbers whose proofs came in with many others
/// @notice As `FibonacciExample`, but without a proof of its own: it asks an `AggregateVerifier`, so that each number costs a
/// few hashes and a thousand of them one proof.
contract AggregatedFibonacciExample {
    /// @notice A number was proved.
    event FibonacciProved(uint256 indexed n, uint256 previous, uint256 current);

    /// @notice Public values that are not three words.
    error UnexpectedPublicValues(uint256 received, uint256 expected);
    /// @notice No accepted aggregate holds this statement.
    error NotProven();

    /// @notice Who knows what was proved.
    AggregateVerifier public immutable AGGREGATES;
    /// @notice The only program whose word counts here. Aggregates hold statements of any programs.
    bytes32 public immutable PROGRAM_VKEY;

    /// @notice fib(n) modulo 2^32, for every n that was learned; zero is also fib(0).
    mapping(uint256 n => uint256) public fibonacci;

    constructor(AggregateVerifier aggregates, bytes32 programVKey) {
        AGGREGATES = aggregates;
        PROGRAM_VKEY = programVKey;
    }

    /// @notice Learns a number from its public values and their place in an accepted aggregate.
    /// @param publicValues abi.encode(n, fib(n - 1), fib(n))
    /// @param path The way from the statement to the root.
    function learn(bytes calldata publicValues, AggregateVerifier.Path calldata path) external {
        if (publicValues.length != 96) revert UnexpectedPublicValues(publicValues.length, 96);
        if (!AGGREGATES.isProvenValues(PROGRAM_VKEY, publicValues, path)) revert NotProven();
        (uint256 n, uint256 previous, uint256 current) = abi.decode(publicValues, (uint256, uint256, uint256));
        fibonacci[n] = current;
        emit FibonacciProved(n, previous, current);
    }
}
