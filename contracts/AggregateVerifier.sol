// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IZkConsumer, IZkVerifier} from "./IZkVerifier.sol";

/// @title Many proofs for the price of one
/// @notice The program `programs/aggregate` verifies proofs of any programs and commits the root of a Merkle tree over what
/// they state. This contract checks its proof once; from then on it answers for every statement in the tree, for a few hashes.
/// @dev A leaf is keccak256(0x00, vkey, digest), a node keccak256(0x01, left, right), and a node without a neighbour moves up
/// unchanged. Leaves and nodes are of one length and differ in their first byte, so no leaf is ever a node, and a path of any
/// length that ends in an accepted root begins at one of its leaves: there is no count or depth to compare. What was accepted
/// stays accepted when the gateway freezes a route afterwards: whoever acts on old statements looks at `acceptedAt`.
contract AggregateVerifier is IZkConsumer {
    /// @notice The way from a leaf to the root, from below. Levels at which the node has no neighbour are left out.
    /// @param sides Bit i is 1 where sibling i is the left one of the two.
    /// @param siblings The neighbours.
    struct Path {
        uint256 sides;
        bytes32[] siblings;
    }

    /// @notice The statements under this root are proven from now on.
    event AggregateAccepted(bytes32 indexed root, uint256 count);

    /// @notice Public values that are not root and count.
    error UnexpectedPublicValues(uint256 received, uint256 expected);
    /// @notice The proof is about no statement at all.
    error EmptyAggregate();
    /// @notice This was accepted before: nothing is left to do.
    error AlreadyAccepted(bytes32 root);
    /// @notice The key of the aggregating program is missing.
    error ProgramKeyCannotBeZero();

    uint256 private constant MOST_SIBLINGS = 256;

    /// @notice The gateway, or one verifier.
    IZkVerifier public immutable VERIFIER;
    /// @notice The key of the aggregating program.
    bytes32 public immutable PROGRAM_VKEY;

    /// @notice When a root was accepted, in seconds; zero for one that was not.
    mapping(bytes32 root => uint256) public acceptedAt;

    /// @param verifier The gateway, or one verifier.
    /// @param programVKey The verifying key of `programs/aggregate`.
    constructor(IZkVerifier verifier, bytes32 programVKey) {
        if (programVKey == bytes32(0)) revert ProgramKeyCannotBeZero();
        VERIFIER = verifier;
        PROGRAM_VKEY = programVKey;
    }

    /// @inheritdoc IZkConsumer
    /// @dev Anyone may call this, and whoever comes second with the same root is refused: look at `acceptedAt` before, where
    /// that would matter.
    /// @param publicValues abi.encode(bytes32 root, uint256 count)
    function submitProof(bytes calldata publicValues, bytes calldata proofBytes) external {
        if (publicValues.length != 64) revert UnexpectedPublicValues(publicValues.length, 64);
        (bytes32 root, uint256 count) = abi.decode(publicValues, (bytes32, uint256));
        if (count == 0) revert EmptyAggregate();
        if (acceptedAt[root] != 0) revert AlreadyAccepted(root);
        VERIFIER.verifyProof(PROGRAM_VKEY, publicValues, proofBytes);
        acceptedAt[root] = block.timestamp;
        emit AggregateAccepted(root, count);
    }

    /// @notice True if a proof was accepted that this program ended well and committed public values of this digest.
    /// @param vkey The verifying key of the program.
    /// @param publicValuesDigest The sha256 of its public values, all 256 bits of it.
    /// @param path The way from the statement to an accepted root.
    function isProven(bytes32 vkey, bytes32 publicValuesDigest, Path calldata path) public view returns (bool) {
        return acceptedAt[rootOf(vkey, publicValuesDigest, path)] != 0;
    }

    /// @notice The same for public values as bytes.
    /// @param vkey The verifying key of the program.
    /// @param publicValues What it committed.
    /// @param path The way from the statement to an accepted root.
    function isProvenValues(
        bytes32 vkey,
        bytes calldata publicValues,
        Path calldata path
    ) external view returns (bool) {
        return isProven(vkey, sha256(publicValues), path);
    }

    /// @notice The root to which a path leads from a statement, accepted or not. Zero for a path that no tree has.
    /// @param vkey The verifying key of the program.
    /// @param publicValuesDigest The sha256 of its public values.
    /// @param path The way from the statement.
    function rootOf(bytes32 vkey, bytes32 publicValuesDigest, Path calldata path) public pure returns (bytes32 node) {
        uint256 sides = path.sides;
        bytes32[] calldata siblings = path.siblings;
        // Bits beyond the siblings say nothing; a second way to write the same path is none too many to refuse.
        if (siblings.length > MOST_SIBLINGS) return bytes32(0);
        if (siblings.length < MOST_SIBLINGS && sides >> siblings.length != 0) return bytes32(0);
        node = _hash(0x00, vkey, publicValuesDigest);
        for (uint256 i = 0; i < siblings.length; ++i) {
            bytes32 sibling = siblings[i];
            node = (sides >> i) & 1 == 0 ? _hash(0x01, node, sibling) : _hash(0x01, sibling, node);
        }
    }

    /// @dev keccak256 of a byte and two words. Memory: 65 bytes from the free memory pointer on, which stays where it is.
    function _hash(uint256 prefix, bytes32 left, bytes32 right) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            let data := mload(0x40)
            mstore8(data, prefix)
            mstore(add(data, 0x01), left)
            mstore(add(data, 0x21), right)
            hash := keccak256(data, 0x41)
        }
    }
}
