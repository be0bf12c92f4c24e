namespace FedAi.Protocol.Messages;

/// <summary>
/// Every reason for which a daemon refuses something. The set is closed: <see cref="ErrorCodes"/> gives each member its
/// wire name and HTTP status (WIRE 3.3–3.7), and a refusal never carries anything else.
/// </summary>
public enum ErrorCode
{
    // Body and shape
    EmptyBody, InvalidJson, PayloadTooLarge, InvalidEnvelope, InvalidKeyId, InvalidRequest, RequestTimeout, NotFound, MethodNotAllowed,
    // Who asks
    InvalidSignature, TsOutOfWindow, NonceReused, ReplayFloor, KeyIdMismatch, RateLimited, Unauthorized,
    ClientBlocked, ClientMuted, ClientNotAllowed, RouterBlocked, RouterMuted, RouterNotAllowed, NodeNotAllowed, NodeIdTaken,
    // Endpoints and manifests
    InvalidUrl, InvalidProtocol, PrivateAddressBlocked, MissingSignature, InvalidManifest, ManifestNotNewer,
    // Work
    PromptTooLarge, MaxTokensExceeded, ContextWindowExceeded, ModelNotFound, UnsupportedParameter, EmptyMessages,
    NoNodes, NoCapableNodes, NoNodesAvailable, NoRouters, NodeSaturated, Draining, ModelLoading, StorageFull, PaymentRequired, QuotaExceeded,
    // Privacy
    PrivacyUnsupported, NoTrustedNode, SealKeyExpired, SealInvalid, SealReused,
    // What a node answered
    NodeUnreachable, NodeError, NodeTimeout, InvalidNodeResponse, InvalidMetering, NodeResponseMismatch, NodeResponseKeyMismatch,
    NodeResponseSignatureInvalid, NodeMeteringSignatureInvalid, NodeStreamUnavailable, StreamInvalidJson, StreamEnded, StreamMismatch,
    RequestIdMismatch, MeteringPromptHashMismatch, MeteringOutputHashMismatch, MeteringTokensImplausible, MeteringBytesMismatch,
    MeteringNodeMismatch, MeteringModelMismatch, MeteringTsOutOfWindow, MeteringDuplicate, MeteringPriceMismatch, MeteringUnknownRequest,
    // Runner
    RunnerCrashed, RunnerTimeout, RunnerUnavailable, RunnerError, Cancelled,
    // Router as a peer
    RouterUnreachable, RouterError,
    // Us
    ServiceUnconfigured, InternalError,
}
