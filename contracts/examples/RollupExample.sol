// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IZkVerifier, IZkVerifierErrors} from "../IZkVerifier.sol";

/// @title Keeps the root of accounts, and replaces it for one proof a batch
/// @notice The program `programs/rollup` checks signed transfers and commits where they lead from where; this contract follows
/// from state to state. There is no way in or out: that would be the work of more functions.
contract RollupExample is IZkVerifierErrors {
    /// @notice A batch was proved.
    event Advanced(bytes32 indexed newRoot, uint32 count, address operator);

    /// @notice The transfers were signed for another chain or contract.
    error AnotherDomain(bytes32 received, bytes32 expected);
    /// @notice The batch begins at another state than this one.
    error AnotherState(bytes32 received, bytes32 expected);
    /// @notice These are not the data of the batch.
    error AnotherBatch(bytes32 received, bytes32 expected);

    bytes32 private constant DOMAIN_TYPE = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );

    /// @notice The gateway, or one verifier.
    IZkVerifier public immutable VERIFIER;
    /// @notice The only program whose word counts here.
    bytes32 public immutable PROGRAM_VKEY;

    /// @notice The state: the root of the accounts.
    bytes32 public root;

    /// @param verifier The gateway, or one verifier.
    /// @param programVKey The verifying key of `programs/rollup`.
    /// @param firstRoot The root of accounts that everybody can know.
    constructor(IZkVerifier verifier, bytes32 programVKey, bytes32 firstRoot) {
        VERIFIER = verifier;
        PROGRAM_VKEY = programVKey;
        root = firstRoot;
    }

    /// @notice Goes to the next state.
    /// @param publicValues abi.encode(domain, oldRoot, newRoot, transfers, count, operator)
    /// @param proofBytes The proof of the batch.
    /// @param data The transfers, 80 bytes each, with which everybody can follow the accounts.
    function advance(bytes calldata publicValues, bytes calldata proofBytes, bytes calldata data) external {
        VERIFIER.verifyProof(PROGRAM_VKEY, publicValues, proofBytes);
        (bytes32 signedFor, bytes32 oldRoot, bytes32 newRoot, bytes32 transfers, uint32 count, address operator) = abi
            .decode(publicValues, (bytes32, bytes32, bytes32, bytes32, uint32, address));
        if (signedFor != domain()) revert AnotherDomain(signedFor, domain());
        if (oldRoot != root) revert AnotherState(oldRoot, root);
        if (sha256(data) != transfers) revert AnotherBatch(sha256(data), transfers);
        root = newRoot;
        emit Advanced(newRoot, count, operator);
    }

    /// @notice What senders sign their transfers for. Not a constant: after a fork of the chain it is another one.
    function domain() public view returns (bytes32) {
        return
            keccak256(
                abi.encode(DOMAIN_TYPE, keccak256("hardhat-zkvm rollup"), keccak256("1"), block.chainid, address(this))
            );
    }
}
