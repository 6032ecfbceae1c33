// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {IZkVerifier, IZkVerifierWithHash} from "./IZkVerifier.sol";

/// @title Routes proofs to the verifier of their version
/// @notice A proof begins with four bytes, the start of its verifier's hash. The owner can add a route and freeze one;
/// a selector is never used twice, not even after freezing. A stop refuses all proofs until the owner resumes.
/// @dev The verifiers themselves have no owner. What an owner could do at worst is add a verifier that accepts anything:
/// give ownership to a timelock or renounce it when no more versions are wanted.
contract ZkVerifierGateway is IZkVerifier {
    /// @notice Where proofs with a selector go.
    /// @param verifier The contract; zero when there is no route.
    /// @param frozen True when proofs for it are refused for ever.
    struct Route {
        address verifier;
        bool frozen;
    }

    /// @notice A route exists from now on.
    event RouteAdded(bytes4 selector, address verifier);
    /// @notice A route is refused from now on, for ever.
    event RouteFrozen(bytes4 selector, address verifier);
    /// @notice All proofs are refused from now on.
    event Stopped(address indexed by);
    /// @notice Proofs are accepted again.
    event Resumed(address indexed by);
    /// @notice The guardian may stop the gateway and nothing else.
    event GuardianChanged(address indexed guardian);
    /// @notice The named account can accept ownership now.
    event OwnershipTransferStarted(address indexed owner, address indexed pendingOwner);
    /// @notice Ownership has moved.
    event OwnershipTransferred(address indexed previousOwner, address indexed newOwner);

    /// @notice The caller may not do this.
    error Unauthorized(address received, address expected);
    /// @notice The selector is taken, or was before it was frozen.
    error RouteAlreadyExists(address verifier);
    /// @notice Zero marks missing routes.
    error SelectorCannotBeZero();
    /// @notice The gateway is not stopped.
    error GatewayIsNotStopped();

    /// @dev A verifier needs about 200,000; this bounds what a faulty one can burn.
    uint256 private constant FORWARDED_GAS = 400_000;
    /// @dev Hashing needs copies of the public values: about 24 gas a word and a quadratic term that stays below the rest.
    uint256 private constant FORWARDED_GAS_PER_BYTE = 2;

    address private _owner;
    bool private _stopped;
    address private _pendingOwner;
    address private _guardian;
    mapping(bytes4 selector => Route) private _routes;

    modifier onlyOwner() {
        if (msg.sender != _owner) revert Unauthorized(msg.sender, _owner);
        _;
    }

    /// @param initialOwner Who may add and freeze routes.
    constructor(address initialOwner) {
        _owner = initialOwner;
        emit OwnershipTransferred(address(0), initialOwner);
    }

    /// @inheritdoc IZkVerifier
    /// @dev Passes its own calldata on, so nothing is encoded a second time. Memory: everything from the free memory
    /// pointer on; in assembly the function ends in `return` or `revert`, or falls through with memory untouched by
    /// Solidity afterwards.
    function verifyProof(bytes32, bytes calldata publicValues, bytes calldata proofBytes) external view {
        if (_stopped) revert GatewayIsStopped();
        if (proofBytes.length < 4) revert ProofTooShort(proofBytes.length, 4);
        bytes4 selector = bytes4(proofBytes);
        Route memory route = _routes[selector];
        address verifier = route.verifier;
        if (verifier == address(0)) revert RouteNotFound(selector);
        if (route.frozen) revert RouteIsFrozen(selector);
        // Soundness: a call to an address without code succeeds.
        if (verifier.code.length == 0) revert VerifierHasNoCode(verifier);
        uint256 forwarded = FORWARDED_GAS + FORWARDED_GAS_PER_BYTE * publicValues.length;
        bool good;
        uint256 length;
        assembly ("memory-safe") {
            let data := mload(0x40)
            calldatacopy(data, 0, calldatasize())
            good := staticcall(forwarded, verifier, data, calldatasize(), 0, 0)
            length := returndatasize()
            if and(iszero(good), gt(length, 0)) {
                returndatacopy(data, 0, length)
                revert(data, length)
            }
        }
        if (!good) revert VerifierFailed(verifier);
    }

    /// @notice Adds a verifier under the first four bytes of its own hash.
    /// @param verifier A contract with `VERIFIER_HASH`.
    function addRoute(address verifier) external onlyOwner {
        if (verifier.code.length == 0) revert VerifierHasNoCode(verifier);
        bytes4 selector = bytes4(IZkVerifierWithHash(verifier).VERIFIER_HASH());
        if (selector == bytes4(0)) revert SelectorCannotBeZero();
        address existing = _routes[selector].verifier;
        if (existing != address(0)) revert RouteAlreadyExists(existing);
        _routes[selector] = Route(verifier, false);
        emit RouteAdded(selector, verifier);
    }

    /// @notice Refuses all proofs for a selector, for ever.
    /// @param selector The first four bytes of the verifier's hash.
    function freezeRoute(bytes4 selector) external onlyOwner {
        Route storage route = _routes[selector];
        if (route.verifier == address(0)) revert RouteNotFound(selector);
        if (route.frozen) revert RouteIsFrozen(selector);
        route.frozen = true;
        emit RouteFrozen(selector, route.verifier);
    }

    /// @notice Refuses all proofs until `resume`; for the owner and the guardian.
    function stop() external {
        if (msg.sender != _owner && msg.sender != _guardian) revert Unauthorized(msg.sender, _guardian);
        if (_stopped) revert GatewayIsStopped();
        _stopped = true;
        emit Stopped(msg.sender);
    }

    /// @notice Accepts proofs again.
    function resume() external onlyOwner {
        if (!_stopped) revert GatewayIsNotStopped();
        _stopped = false;
        emit Resumed(msg.sender);
    }

    /// @notice Names an account that may stop the gateway and nothing else; zero for none.
    function setGuardian(address newGuardian) external onlyOwner {
        _guardian = newGuardian;
        emit GuardianChanged(newGuardian);
    }

    /// @notice First step of a transfer: the new owner must accept. Zero takes an offer back.
    function transferOwnership(address newOwner) external onlyOwner {
        _pendingOwner = newOwner;
        emit OwnershipTransferStarted(_owner, newOwner);
    }

    /// @notice Second step of a transfer.
    function acceptOwnership() external {
        if (msg.sender != _pendingOwner) revert Unauthorized(msg.sender, _pendingOwner);
        emit OwnershipTransferred(_owner, msg.sender);
        _owner = msg.sender;
        _pendingOwner = address(0);
    }

    /// @notice Gives ownership up for ever: routes stay as they are. Refused while stopped, which nobody could undo.
    function renounceOwnership() external onlyOwner {
        if (_stopped) revert GatewayIsStopped();
        emit OwnershipTransferred(_owner, address(0));
        _owner = address(0);
        _pendingOwner = address(0);
        // A guardian without an owner could stop the gateway for ever.
        _guardian = address(0);
    }

    /// @notice The route of a selector.
    function routes(bytes4 selector) external view returns (address verifier, bool frozen) {
        Route storage route = _routes[selector];
        return (route.verifier, route.frozen);
    }

    /// @notice Who may add and freeze routes.
    function owner() external view returns (address) {
        return _owner;
    }

    /// @notice Who may accept ownership.
    function pendingOwner() external view returns (address) {
        return _pendingOwner;
    }

    /// @notice Who besides the owner may stop the gateway.
    function guardian() external view returns (address) {
        return _guardian;
    }

    /// @notice True while all proofs are refused.
    function stopped() external view returns (bool) {
        return _stopped;
    }
}
