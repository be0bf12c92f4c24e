using System.Globalization;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// The one table from <see cref="ErrorCode"/> to OpenAI's error shape. What went wrong between daemons is never blamed on
/// the client: a bad signature of a node is 502 here, because a 401 would send people looking for a fault in their API key.
/// </summary>
internal static class OpenAiErrors
{
    private const string Invalid = "invalid_request_error";
    private const string Server = "server_error";

    /// <summary>The answer for this refusal. <paramref name="param"/> names the member of the body that is at fault, <paramref name="prompt"/> the one that holds the prompt.</summary>
    public static OpenAiError From(Refusal refusal, string? param = null, string prompt = "messages")
    {
        var (status, type, message) = Row(refusal.Code);
        // What the client can mend is said as precisely as it was found; what failed behind this daemon in our own words.
        var text = status < 500 ? refusal.Hint ?? message : message;
        var retryAfter = refusal.RetryAfterSeconds ?? (status == 503 ? 2 : null);
        if (refusal.Loading is { } loading) text = string.Create(CultureInfo.InvariantCulture, $"The model is being loaded ({loading.Percent} %{(loading.EtaMs is { } eta ? $", about {Math.Ceiling(eta / 1000.0)} s more" : "")}); try again then.");
        return new OpenAiError(status, type, Code(refusal.Code), text, param ?? Param(refusal.Code, prompt), retryAfter, refusal.Loading);
    }

    /// <summary>OpenAI's own name where it has one, so that clients that look at codes find it; else ours in its spelling.</summary>
    private static string Code(ErrorCode code) => code switch
    {
        ErrorCode.InvalidRequest => "invalid_value",
        ErrorCode.EmptyMessages => "empty_array",
        ErrorCode.ContextWindowExceeded => "context_length_exceeded",
        ErrorCode.RateLimited => "rate_limit_exceeded",
        ErrorCode.Unauthorized => "invalid_api_key",
        ErrorCode.QuotaExceeded => "insufficient_quota",
        _ => code.Wire().Replace('-', '_'),
    };

    private static string? Param(ErrorCode code, string prompt) => code switch
    {
        ErrorCode.ModelNotFound => "model",
        ErrorCode.EmptyMessages or ErrorCode.ContextWindowExceeded or ErrorCode.PromptTooLarge => prompt,
        ErrorCode.MaxTokensExceeded => "max_tokens",
        _ => null,
    };

    private static (int Status, string Type, string Message) Row(ErrorCode code) => code switch
    {
        // The client's own request
        ErrorCode.EmptyBody => (400, Invalid, "The body is empty: send a JSON object; /openapi.json says with what."),
        ErrorCode.InvalidJson => (400, Invalid, "The body is not JSON: send a JSON object; /openapi.json says with what."),
        ErrorCode.InvalidRequest => (400, Invalid, "The request is not as it should be; see /openapi.json."),
        ErrorCode.UnsupportedParameter => (400, Invalid, "A parameter of this request is not supported here; leave it out."),
        ErrorCode.EmptyMessages => (400, Invalid, "messages is empty: send at least one message."),
        ErrorCode.PayloadTooLarge => (413, Invalid, "The body is too large: send less, for example fewer earlier messages."),
        ErrorCode.PromptTooLarge => (413, Invalid, "The prompt is larger than the node takes: send fewer or shorter messages."),
        ErrorCode.RequestTimeout => (408, Invalid, "The body came too slowly; send the request again."),
        ErrorCode.NotFound => (404, Invalid, "There is nothing at this address; /openapi.json lists what is served."),
        ErrorCode.MethodNotAllowed => (405, Invalid, "This address does not take this method."),
        ErrorCode.ModelNotFound => (404, Invalid, "Nobody serves this model; GET /v1/models lists those that are served."),
        ErrorCode.MaxTokensExceeded => (400, Invalid, "max_tokens is more than a node answers with: ask for less, or leave it out."),
        ErrorCode.ContextWindowExceeded => (400, Invalid, "Prompt and answer do not fit into the model's context together: send fewer or shorter messages, or ask for fewer tokens."),

        // Who asks
        ErrorCode.Unauthorized => (401, "authentication_error", "This address needs an API key."),
        ErrorCode.ClientBlocked or ErrorCode.ClientMuted or ErrorCode.ClientNotAllowed =>
            (403, "permission_error", "The router does not serve this key; ask its operator to admit the npub that `fedai keys show` prints, or use another router."),
        ErrorCode.RateLimited => (429, "rate_limit_error", "Too many requests at once: wait, then send it again."),
        ErrorCode.PaymentRequired => (402, "insufficient_quota", "This node wants to be paid first, which this address cannot do yet; ask for a model of a free node."),
        ErrorCode.QuotaExceeded => (402, "insufficient_quota", "The tokens of this API key are used up; its operator can give it more."),

        // Nobody there, or nobody free
        ErrorCode.NoRouters => (503, Server, "No router is known that may be asked: check that the relay runs, that `fedai routers --relay URL` lists a router, and that your lists and web of trust let it through (`fedai trust explain NPUB`); then send the request again."),
        ErrorCode.RouterUnreachable or ErrorCode.RouterError => (502, Server, "The router did not answer as it should; send the request again, and another router may take it."),
        ErrorCode.NoNodes => (503, Server, "No node is registered at the router right now; start one with `fedai run`, or try again in a moment."),
        ErrorCode.NoCapableNodes => (503, Server, "No node takes a request of this size right now: shorten the prompt, ask for fewer tokens, or try again later."),
        ErrorCode.NoNodesAvailable => (503, Server, "Every node that fits failed or is busy; try again in a moment."),
        ErrorCode.PrivacyUnsupported => (503, Server, "Nobody on the way can keep this request as private as it asks: no router or node that serves the model is reached over TLS (x-fedai-privacy: PL0 does without)."),
        ErrorCode.NoTrustedNode => (503, Server, "No node that you trust serves this model right now: name nodes in gateway.nodes.allow (for PL3 in gateway.ownNodes), or ask with x-fedai-privacy: PL1, which lets the router read the request."),
        ErrorCode.SealKeyExpired => (503, Server, "The node changed its seal key several times in a row; send the request again."),
        ErrorCode.NodeSaturated or ErrorCode.Draining or ErrorCode.RunnerUnavailable => (503, Server, "The nodes that serve this model are busy; try again in a moment."),
        ErrorCode.ModelLoading => (503, Server, "The model is being loaded; try again in a moment."),
        ErrorCode.ReplayFloor => (503, Server, "A daemon on the way has just restarted; try again in a moment."),
        ErrorCode.StorageFull => (503, Server, "A daemon on the way has no room left on its disk; its operator must free some."),
        ErrorCode.ServiceUnconfigured => (503, Server, "This daemon is not set up yet; `fedai status` says what is missing."),

        // Work that broke
        ErrorCode.NodeUnreachable => (502, Server, "The connection to the router or its node broke; send the request again."),
        ErrorCode.NodeTimeout or ErrorCode.RunnerTimeout => (504, Server, "The node took too long; send the request again or ask for fewer tokens."),
        ErrorCode.RunnerCrashed or ErrorCode.RunnerError or ErrorCode.NodeError => (502, Server, "The node failed while it worked on the answer; send the request again."),
        ErrorCode.StreamEnded or ErrorCode.NodeStreamUnavailable or ErrorCode.StreamInvalidJson => (502, Server, "The node's answer broke off; send the request again."),
        ErrorCode.Cancelled => (499, Invalid, "The client closed the connection."),

        // Answers that are not proven
        ErrorCode.StreamMismatch or ErrorCode.InvalidNodeResponse or ErrorCode.InvalidMetering or ErrorCode.NodeResponseMismatch
            or ErrorCode.NodeResponseKeyMismatch or ErrorCode.NodeResponseSignatureInvalid or ErrorCode.NodeMeteringSignatureInvalid
            or ErrorCode.RequestIdMismatch or ErrorCode.MeteringPromptHashMismatch or ErrorCode.MeteringOutputHashMismatch
            or ErrorCode.MeteringTokensImplausible or ErrorCode.MeteringBytesMismatch or ErrorCode.MeteringNodeMismatch
            or ErrorCode.MeteringModelMismatch or ErrorCode.MeteringTsOutOfWindow or ErrorCode.MeteringDuplicate
            or ErrorCode.MeteringPriceMismatch or ErrorCode.MeteringUnknownRequest =>
            (502, Server, "The node's answer does not fit what it signed, so it is not to be trusted; send the request again, and another node may take it."),

        // Daemons that refused each other: not the client's doing
        ErrorCode.TsOutOfWindow => (502, Server, "The clocks of two machines on the way differ by more than five minutes; check the time of this one first."),
        ErrorCode.InvalidEnvelope or ErrorCode.InvalidKeyId or ErrorCode.InvalidSignature or ErrorCode.NonceReused or ErrorCode.KeyIdMismatch
            or ErrorCode.RouterBlocked or ErrorCode.RouterMuted or ErrorCode.RouterNotAllowed or ErrorCode.NodeNotAllowed or ErrorCode.NodeIdTaken
            or ErrorCode.SealInvalid or ErrorCode.SealReused or ErrorCode.InvalidUrl or ErrorCode.InvalidProtocol or ErrorCode.PrivateAddressBlocked
            or ErrorCode.MissingSignature or ErrorCode.InvalidManifest or ErrorCode.ManifestNotNewer =>
            (502, Server, "Two daemons on the way refused each other; the logs of this one name the reason."),

        ErrorCode.InternalError => (500, Server, "This daemon failed on the request, which is a defect; its log has the details. Please report it."),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "has no row"),
    };
}
