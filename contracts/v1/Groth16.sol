// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IZkVerifierErrors} from "../IZkVerifier.sol";

/// @title A Groth16 verifier over BN254 with two public inputs of its own and one fixed at deployment
/// @notice Accepts when e(A, B) = e(alpha, beta) * e(IC0' + input1 * IC1 + input2 * IC2, gamma) * e(C, delta), where
/// IC0' = IC0 + controlRoot * IC3 is computed once by the constructor. Groth16: eprint 2016/260, section 3.2; the
/// precompiles and the encoding of points: EIP-196, EIP-197; their prices: EIP-1108.
/// @dev beta, gamma and delta are stored negated, so the product of four pairings that must be one needs no negation at
/// run time. Key points are immutables: no storage is read. Every precompile gets exactly its price, so an ill-formed
/// point burns no more than that.
abstract contract Groth16 is IZkVerifierErrors {
    /// @notice A verifying key; the order of a G2 point is x imaginary, x real, y imaginary, y real, as in EIP-197.
    /// @param alpha The point alpha in G1.
    /// @param beta The point beta in G2.
    /// @param gamma The point gamma in G2.
    /// @param delta The point delta in G2.
    /// @param ic Points of the constant one, the program key, the public-values digest and the control root, in G1.
    /// @param controlRoot Root of the recursion keys that proofs may have been made with.
    /// @param insecure True for the development setup, whose secret is public.
    struct VerifyingKey {
        uint256[2] alpha;
        uint256[4] beta;
        uint256[4] gamma;
        uint256[4] delta;
        uint256[8] ic;
        uint256 controlRoot;
        bool insecure;
    }

    /// @notice The key has a point that is not on its curve or outside its subgroup, or gamma = delta.
    error InvalidVerifyingKey();

    /// @dev Order of the groups.
    uint256 internal constant R = 0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001;
    /// @dev Modulus of the field of coordinates.
    uint256 internal constant Q = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    /// @dev The pairing needs 181,000 after the 63/64 rule, two products and two sums 12,300; the rest is ours.
    uint256 internal constant REQUIRED_GAS = 199_000;

    uint256 private immutable _alphaX;
    uint256 private immutable _alphaY;
    uint256 private immutable _beta0;
    uint256 private immutable _beta1;
    uint256 private immutable _beta2;
    uint256 private immutable _beta3;
    uint256 private immutable _gamma0;
    uint256 private immutable _gamma1;
    uint256 private immutable _gamma2;
    uint256 private immutable _gamma3;
    uint256 private immutable _delta0;
    uint256 private immutable _delta1;
    uint256 private immutable _delta2;
    uint256 private immutable _delta3;
    uint256 private immutable _constantX;
    uint256 private immutable _constantY;
    uint256 private immutable _vkeyX;
    uint256 private immutable _vkeyY;
    uint256 private immutable _digestX;
    uint256 private immutable _digestY;

    /// @dev Refuses a key with a point outside its group; folds the control root into the constant point.
    constructor(VerifyingKey memory key) {
        if (key.controlRoot >= R) revert PublicInputNotInField(key.controlRoot, R);
        _requireG2(key.beta);
        _requireG2(key.gamma);
        _requireG2(key.delta);
        // With gamma = delta, a setup nobody contributed to, anybody can make a proof: A = alpha, B = beta and
        // C = minus the point of the public inputs.
        if (keccak256(abi.encode(key.gamma)) == keccak256(abi.encode(key.delta))) revert InvalidVerifyingKey();
        // A product by one fails for a point off the curve and changes no other.
        (_alphaX, _alphaY) = _scale(key.alpha[0], key.alpha[1], 1);
        (_vkeyX, _vkeyY) = _scale(key.ic[2], key.ic[3], 1);
        (_digestX, _digestY) = _scale(key.ic[4], key.ic[5], 1);
        (uint256 rootX, uint256 rootY) = _scale(key.ic[6], key.ic[7], key.controlRoot);
        (_constantX, _constantY) = _sum(key.ic[0], key.ic[1], rootX, rootY);
        (_beta0, _beta1, _beta2, _beta3) = (key.beta[0], key.beta[1], _negated(key.beta[2]), _negated(key.beta[3]));
        (_gamma0, _gamma1, _gamma2, _gamma3) = (
            key.gamma[0],
            key.gamma[1],
            _negated(key.gamma[2]),
            _negated(key.gamma[3])
        );
        (_delta0, _delta1, _delta2, _delta3) = (
            key.delta[0],
            key.delta[1],
            _negated(key.delta[2]),
            _negated(key.delta[3])
        );
    }

    /// @dev Reverts unless the proof is good for the two inputs. `proof` is the calldata offset of A.x A.y B.x1 B.x0 B.y1
    /// B.y0 C.x C.y; the caller has checked that 256 bytes are there.
    ///
    /// Memory: writes 0x00..0x1f (scratch) and 0x300 bytes above the free memory pointer, which it does not move.
    /// Those bytes become the four pairs of the pairing check:
    ///   0x000 A, B | 0x0c0 alpha, -beta | 0x180 L, -gamma | 0x240 C, -delta
    /// and L is built in place, with 0x1c0..0x21f as the input of the products before gamma is written there.
    function _requireProof(uint256 proof, uint256 vkey, uint256 digest) internal view {
        if (vkey >= R) revert PublicInputNotInField(vkey, R);
        if (digest >= R) revert PublicInputNotInField(digest, R);
        // Soundness: the pairing precompile refuses these too, but only after burning its gas.
        for (uint256 i = 0; i < 8; ++i) {
            uint256 coordinate;
            assembly ("memory-safe") {
                coordinate := calldataload(add(proof, shl(5, i)))
            }
            if (coordinate >= Q) revert CoordinateNotInField(i, coordinate);
        }
        // Soundness: without this, a caller who gives too little gas makes a good proof look like a wrong one.
        if (gasleft() < REQUIRED_GAS) revert InsufficientGas(gasleft(), REQUIRED_GAS);

        uint256 pairs;
        bool good = true;
        assembly ("memory-safe") {
            pairs := mload(0x40)
        }
        _store2(pairs + 0x180, _constantX, _constantY);
        _store2(pairs + 0x1c0, _vkeyX, _vkeyY);
        good = _accumulate(pairs, vkey, good);
        _store2(pairs + 0x1c0, _digestX, _digestY);
        good = _accumulate(pairs, digest, good);

        _store2(pairs + 0x0c0, _alphaX, _alphaY);
        _store4(pairs + 0x100, _beta0, _beta1, _beta2, _beta3);
        _store4(pairs + 0x1c0, _gamma0, _gamma1, _gamma2, _gamma3);
        _store4(pairs + 0x280, _delta0, _delta1, _delta2, _delta3);
        assembly ("memory-safe") {
            calldatacopy(pairs, proof, 0xc0)
            calldatacopy(add(pairs, 0x240), add(proof, 0xc0), 0x40)
            // The answer is a word that is one exactly when the product of the pairings is one.
            good := and(good, staticcall(181000, 0x08, pairs, 0x300, 0x00, 0x20))
            good := and(good, eq(mload(0x00), 1))
        }
        if (!good) revert InvalidProof();
    }

    /// @dev L += scalar * point, with L at 0x180 and the point at 0x1c0 above `pairs`. Writes 0x180..0x21f.
    function _accumulate(uint256 pairs, uint256 scalar, bool before) private view returns (bool good) {
        assembly ("memory-safe") {
            let point := add(pairs, 0x1c0)
            mstore(add(pairs, 0x200), scalar)
            good := and(before, staticcall(6000, 0x07, point, 0x60, point, 0x40))
            let sum := add(pairs, 0x180)
            good := and(good, staticcall(150, 0x06, sum, 0x80, sum, 0x40))
        }
    }

    /// @dev Writes two words at `to`, which lies above the free memory pointer.
    function _store2(uint256 to, uint256 a, uint256 b) private pure {
        assembly ("memory-safe") {
            mstore(to, a)
            mstore(add(to, 0x20), b)
        }
    }

    /// @dev Writes four words at `to`, which lies above the free memory pointer.
    function _store4(uint256 to, uint256 a, uint256 b, uint256 c, uint256 d) private pure {
        assembly ("memory-safe") {
            mstore(to, a)
            mstore(add(to, 0x20), b)
            mstore(add(to, 0x40), c)
            mstore(add(to, 0x60), d)
        }
    }

    /// @dev Product of a point by a scalar; reverts when the point is not on the curve. For the constructor.
    function _scale(uint256 x, uint256 y, uint256 scalar) private view returns (uint256, uint256) {
        (bool good, bytes memory out) = address(7).staticcall(abi.encode(x, y, scalar));
        if (!good || out.length != 64) revert InvalidVerifyingKey();
        return abi.decode(out, (uint256, uint256));
    }

    /// @dev Sum of two points; reverts when one is not on the curve. For the constructor.
    function _sum(uint256 x1, uint256 y1, uint256 x2, uint256 y2) private view returns (uint256, uint256) {
        (bool good, bytes memory out) = address(6).staticcall(abi.encode(x1, y1, x2, y2));
        if (!good || out.length != 64) revert InvalidVerifyingKey();
        return abi.decode(out, (uint256, uint256));
    }

    /// @dev Reverts unless the point is in G2 and not zero: the pairing precompile checks membership. For the constructor.
    function _requireG2(uint256[4] memory point) private view {
        bool zero = point[0] == 0 && point[1] == 0 && point[2] == 0 && point[3] == 0;
        (bool good, bytes memory out) = address(8).staticcall(abi.encode(uint256(0), uint256(0), point));
        if (zero || !good || out.length != 32) revert InvalidVerifyingKey();
    }

    /// @dev The additive inverse of a coordinate.
    function _negated(uint256 value) private pure returns (uint256) {
        return value == 0 ? 0 : Q - value;
    }
}
