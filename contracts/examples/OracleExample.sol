// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IZkConsumer, IZkVerifier} from "../IZkVerifier.sol";

/// @title Stores the median of prices that enough known reporters signed
/// @notice The program `programs/oracle` checks the signatures and takes the median; this contract sees to it that they were for
/// this contract, by its reporters, for its pair, and recent.
contract OracleExample is IZkConsumer {
    /// @notice A price was proved.
    event PriceUpdated(uint128 price, uint64 time, uint32 reports);

    /// @notice The reports were signed for another chain or contract.
    error AnotherDomain(bytes32 received, bytes32 expected);
    /// @notice The reports are of other reporters, or counted by other rules.
    error AnotherPolicy(bytes32 received, bytes32 expected);
    /// @notice The price is that of another pair.
    error AnotherPair(bytes32 received, bytes32 expected);
    /// @notice The price is too old, or of a time that has not come.
    error NotCurrent(uint64 received, uint256 current);
    /// @notice The price is not newer than the one that is here.
    error NotNewer(uint64 received, uint64 last);

    bytes32 private constant DOMAIN_TYPE = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );

    /// @notice The gateway, or one verifier.
    IZkVerifier public immutable VERIFIER;
    /// @notice The only program whose word counts here.
    bytes32 public immutable PROGRAM_VKEY;
    /// @notice Hash of threshold, greatest age of a report, and reporters.
    bytes32 public immutable POLICY;
    /// @notice keccak256 of the name of the pair.
    bytes32 public immutable PAIR;
    /// @notice Greatest age of a proved price, in seconds.
    uint64 public immutable MAX_AGE;

    /// @notice The last price.
    uint128 public price;
    /// @notice The time for which it was proved.
    uint64 public time;

    /// @param verifier The gateway, or one verifier.
    /// @param programVKey The verifying key of `programs/oracle`.
    /// @param pair As in "ETH/USD".
    /// @param threshold Fewest reports.
    /// @param maxAge Greatest age of a report when the price is proved, and of the price when it comes here, in seconds.
    /// @param reporters Who is believed, in ascending order.
    constructor(
        IZkVerifier verifier,
        bytes32 programVKey,
        string memory pair,
        uint32 threshold,
        uint64 maxAge,
        address[] memory reporters
    ) {
        VERIFIER = verifier;
        PROGRAM_VKEY = programVKey;
        POLICY = keccak256(abi.encode(threshold, maxAge, reporters));
        PAIR = keccak256(bytes(pair));
        MAX_AGE = maxAge;
    }

    /// @inheritdoc IZkConsumer
    /// @param publicValues abi.encode(domain, policy, pair, median, asOf, count)
    function submitProof(bytes calldata publicValues, bytes calldata proofBytes) external {
        VERIFIER.verifyProof(PROGRAM_VKEY, publicValues, proofBytes);
        (bytes32 signedFor, bytes32 policy, bytes32 pair, uint128 median, uint64 asOf, uint32 count) = abi.decode(
            publicValues,
            (bytes32, bytes32, bytes32, uint128, uint64, uint32)
        );
        if (signedFor != domain()) revert AnotherDomain(signedFor, domain());
        if (policy != POLICY) revert AnotherPolicy(policy, POLICY);
        if (pair != PAIR) revert AnotherPair(pair, PAIR);
        // The program does not know the time: an old price can be proved at any later day.
        if (asOf > block.timestamp || block.timestamp - asOf > MAX_AGE) revert NotCurrent(asOf, block.timestamp);
        if (asOf <= time) revert NotNewer(asOf, time);
        (price, time) = (median, asOf);
        emit PriceUpdated(median, asOf, count);
    }

    /// @notice What reporters sign their prices for. Not a constant: after a fork of the chain it is another one.
    function domain() public view returns (bytes32) {
        return
            keccak256(
                abi.encode(DOMAIN_TYPE, keccak256("hardhat-zkvm oracle"), keccak256("1"), block.chainid, address(this))
            );
    }
}
