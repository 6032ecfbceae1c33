// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IZkVerifierErrors} from "../../contracts/IZkVerifier.sol";
import {ZkVerifierGateway} from "../../contracts/ZkVerifierGateway.sol";
import {MockZkVerifier} from "../../contracts/mocks/MockZkVerifier.sol";

interface Vm {
    function expectRevert(bytes calldata data) external;
    function expectRevert() external;
    function assume(bool condition) external pure;
}

/// @title Fuzz tests of routing, with free memory made dirty first
contract GatewayTest {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    ZkVerifierGateway private gateway;
    MockZkVerifier private mock;

    /// @dev Fills the memory above the free memory pointer, and scratch space, with ones.
    modifier brutalized() {
        assembly ("memory-safe") {
            let free := mload(0x40)
            for {
                let i := 0
            } lt(i, 0x1000) {
                i := add(i, 0x20)
            } {
                mstore(add(free, i), not(0))
            }
            mstore(0x00, not(0))
            mstore(0x20, not(0))
        }
        _;
    }

    function setUp() public {
        gateway = new ZkVerifierGateway(address(this));
        mock = new MockZkVerifier();
        gateway.addRoute(address(mock));
    }

    function _proof(bytes32 vkey, bytes memory publicValues) private view returns (bytes memory) {
        bytes32 digest = bytes32(uint256(sha256(publicValues)) & ((1 << 253) - 1));
        return abi.encodePacked(bytes4(mock.VERIFIER_HASH()), vkey, digest, new bytes(192));
    }

    function testFuzz_AcceptsWhatTheProofNames(bytes32 vkey, bytes calldata publicValues) public brutalized {
        gateway.verifyProof(vkey, publicValues, _proof(vkey, publicValues));
    }

    function testFuzz_RefusesAnotherKey(bytes32 vkey, bytes32 other, bytes calldata publicValues) public brutalized {
        vm.assume(vkey != other);
        bytes memory proof = _proof(vkey, publicValues);
        vm.expectRevert(abi.encodeWithSelector(IZkVerifierErrors.InvalidProof.selector));
        gateway.verifyProof(other, publicValues, proof);
    }

    function testFuzz_RefusesOtherValues(bytes32 vkey, bytes memory publicValues, uint256 index) public brutalized {
        vm.assume(publicValues.length > 0);
        bytes memory proof = _proof(vkey, publicValues);
        publicValues[index % publicValues.length] ^= 0x01;
        vm.expectRevert(abi.encodeWithSelector(IZkVerifierErrors.InvalidProof.selector));
        gateway.verifyProof(vkey, publicValues, proof);
    }

    function testFuzz_RefusesUnknownSelectors(bytes4 selector, bytes32 vkey, bytes calldata rest) public brutalized {
        vm.assume(selector != bytes4(mock.VERIFIER_HASH()));
        vm.expectRevert(abi.encodeWithSelector(IZkVerifierErrors.RouteNotFound.selector, selector));
        gateway.verifyProof(vkey, "", abi.encodePacked(selector, rest));
    }

    function testFuzz_StrangersCannotChangeRoutes(address stranger) public brutalized {
        vm.assume(stranger != address(this));
        ZkVerifierGateway other = new ZkVerifierGateway(stranger);
        vm.expectRevert(abi.encodeWithSelector(ZkVerifierGateway.Unauthorized.selector, address(this), stranger));
        other.addRoute(address(mock));
    }
}
