using System.Collections.Frozen;

namespace FedAi.Protocol.Messages;

/// <summary>The one table from <see cref="ErrorCode"/> to its wire name and HTTP status.</summary>
public static class ErrorCodes
{
    private static readonly (ErrorCode Code, string Wire, int Status)[] Table =
    [
        (ErrorCode.EmptyBody, "empty-body", 400),
        (ErrorCode.InvalidJson, "invalid-json", 400),
        (ErrorCode.PayloadTooLarge, "payload-too-large", 413),
        (ErrorCode.InvalidEnvelope, "invalid-envelope", 400),
        (ErrorCode.InvalidKeyId, "invalid-key-id", 400),
        (ErrorCode.InvalidRequest, "invalid-request", 400),
        (ErrorCode.RequestTimeout, "request-timeout", 408),
        (ErrorCode.NotFound, "not-found", 404),
        (ErrorCode.MethodNotAllowed, "method-not-allowed", 405),
        (ErrorCode.InvalidSignature, "invalid-signature", 401),
        (ErrorCode.TsOutOfWindow, "ts-out-of-window", 400),
        (ErrorCode.NonceReused, "nonce-reused", 400),
        (ErrorCode.ReplayFloor, "replay-floor", 503),
        (ErrorCode.KeyIdMismatch, "key-id-mismatch", 400),
        (ErrorCode.RateLimited, "rate-limited", 429),
        (ErrorCode.Unauthorized, "unauthorized", 401),
        (ErrorCode.ClientBlocked, "client-blocked", 403),
        (ErrorCode.ClientMuted, "client-muted", 403),
        (ErrorCode.ClientNotAllowed, "client-not-allowed", 401),
        (ErrorCode.RouterBlocked, "router-blocked", 403),
        (ErrorCode.RouterMuted, "router-muted", 403),
        (ErrorCode.RouterNotAllowed, "router-not-allowed", 401),
        (ErrorCode.NodeNotAllowed, "node-not-allowed", 403),
        (ErrorCode.NodeIdTaken, "node-id-taken", 403),
        (ErrorCode.InvalidUrl, "invalid-url", 400),
        (ErrorCode.InvalidProtocol, "invalid-protocol", 400),
        (ErrorCode.PrivateAddressBlocked, "private-address-blocked", 400),
        (ErrorCode.MissingSignature, "missing-signature", 400),
        (ErrorCode.InvalidManifest, "invalid-manifest", 400),
        (ErrorCode.ManifestNotNewer, "manifest-not-newer", 400),
        (ErrorCode.PromptTooLarge, "prompt-too-large", 413),
        (ErrorCode.MaxTokensExceeded, "max-tokens-exceeded", 400),
        (ErrorCode.ContextWindowExceeded, "context-window-exceeded", 400),
        (ErrorCode.ModelNotFound, "model-not-found", 404),
        (ErrorCode.UnsupportedParameter, "unsupported-parameter", 400),
        (ErrorCode.EmptyMessages, "empty-messages", 400),
        (ErrorCode.NoNodes, "no-nodes", 503),
        (ErrorCode.NoCapableNodes, "no-capable-nodes", 503),
        (ErrorCode.NoNodesAvailable, "no-nodes-available", 503),
        (ErrorCode.NoRouters, "no-routers", 503),
        (ErrorCode.NodeSaturated, "node-saturated", 503),
        (ErrorCode.Draining, "draining", 503),
        (ErrorCode.ModelLoading, "model-loading", 503),
        (ErrorCode.StorageFull, "storage-full", 503),
        (ErrorCode.PaymentRequired, "payment-required", 402),
        (ErrorCode.QuotaExceeded, "quota-exceeded", 402),
        (ErrorCode.PrivacyUnsupported, "privacy-unsupported", 503),
        (ErrorCode.NoTrustedNode, "no-trusted-node", 503),
        (ErrorCode.SealKeyExpired, "seal-key-expired", 409),
        (ErrorCode.SealInvalid, "seal-invalid", 400),
        (ErrorCode.SealReused, "seal-reused", 400),
        (ErrorCode.NodeUnreachable, "node-unreachable", 502),
        (ErrorCode.NodeError, "node-error", 502),
        (ErrorCode.NodeTimeout, "node-timeout", 504),
        (ErrorCode.InvalidNodeResponse, "invalid-node-response", 502),
        (ErrorCode.InvalidMetering, "invalid-metering", 502),
        (ErrorCode.NodeResponseMismatch, "node-response-mismatch", 502),
        (ErrorCode.NodeResponseKeyMismatch, "node-response-key-mismatch", 502),
        (ErrorCode.NodeResponseSignatureInvalid, "node-response-signature-invalid", 502),
        (ErrorCode.NodeMeteringSignatureInvalid, "node-metering-signature-invalid", 502),
        (ErrorCode.NodeStreamUnavailable, "node-stream-unavailable", 502),
        (ErrorCode.StreamInvalidJson, "stream-invalid-json", 502),
        (ErrorCode.StreamEnded, "stream-ended", 502),
        (ErrorCode.StreamMismatch, "stream-mismatch", 502),
        (ErrorCode.RequestIdMismatch, "request-id-mismatch", 400),
        (ErrorCode.MeteringPromptHashMismatch, "metering-prompt-hash-mismatch", 400),
        (ErrorCode.MeteringOutputHashMismatch, "metering-output-hash-mismatch", 400),
        (ErrorCode.MeteringTokensImplausible, "metering-tokens-implausible", 400),
        (ErrorCode.MeteringBytesMismatch, "metering-bytes-mismatch", 400),
        (ErrorCode.MeteringNodeMismatch, "metering-node-mismatch", 400),
        (ErrorCode.MeteringModelMismatch, "metering-model-mismatch", 400),
        (ErrorCode.MeteringTsOutOfWindow, "metering-ts-out-of-window", 400),
        (ErrorCode.MeteringDuplicate, "metering-duplicate", 409),
        (ErrorCode.MeteringPriceMismatch, "metering-price-mismatch", 400),
        (ErrorCode.MeteringUnknownRequest, "metering-unknown-request", 400),
        (ErrorCode.RunnerCrashed, "runner-crashed", 502),
        (ErrorCode.RunnerTimeout, "runner-timeout", 504),
        (ErrorCode.RunnerUnavailable, "runner-unavailable", 503),
        (ErrorCode.RunnerError, "runner-error", 502),
        (ErrorCode.Cancelled, "cancelled", 499),
        (ErrorCode.RouterUnreachable, "router-unreachable", 502),
        (ErrorCode.RouterError, "router-error", 502),
        (ErrorCode.ServiceUnconfigured, "service-unconfigured", 503),
        (ErrorCode.InternalError, "internal-error", 500),
    ];

    private static readonly FrozenDictionary<ErrorCode, (string Wire, int Status)> ByCode =
        Table.ToFrozenDictionary(row => row.Code, row => (row.Wire, row.Status));

    private static readonly FrozenDictionary<string, ErrorCode> ByWire =
        Table.ToFrozenDictionary(row => row.Wire, row => row.Code, StringComparer.Ordinal);

    /// <summary>The name on the wire, as in <c>{"error":"nonce-reused"}</c>.</summary>
    public static string Wire(this ErrorCode code) => ByCode[code].Wire;

    /// <summary>The HTTP status that goes with the code.</summary>
    public static int HttpStatus(this ErrorCode code) => ByCode[code].Status;

    /// <summary>The request is more than whoever refused it takes; another one may take more.</summary>
    public static bool IsOfSize(this ErrorCode code) => code is ErrorCode.PromptTooLarge or ErrorCode.MaxTokensExceeded or ErrorCode.ContextWindowExceeded;

    /// <summary>Reads a wire name; a peer's unknown code gives false.</summary>
    public static bool TryParse(string? wire, out ErrorCode code)
    {
        code = default;
        return wire is not null && ByWire.TryGetValue(wire, out code);
    }
}
