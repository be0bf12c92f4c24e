using System.Text;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Rules;

/// <summary>
/// Whether a metering record can be true of the request and the answer beside it (DECISIONS E4): plausibility, not belief.
/// Each thing that is wrong has its own <see cref="ErrorCode"/>. The signatures are checked before.
/// </summary>
public static class MeteringRules
{
    /// <summary>
    /// Checks a finished run; null means plausible. <paramref name="nodeId"/> is the registered one and <paramref name="pricing"/>
    /// what the node announced, where they are known; <paramref name="onlyAsAsked"/> says that it announced features, so that
    /// hashes without the request's salt do not hold (DECISIONS E3).
    /// </summary>
    public static ErrorCode? Check(InferenceRequest request, SignedResult result, string? nodeId, long nowMs, Pricing? pricing = null, bool onlyAsAsked = false)
    {
        var record = result.Metering;
        if (CheckRun(MeteringFacts.Of(request, onlyAsAsked), record, nodeId, nowMs, pricing) is { } code) return code;
        if (record.Status is not (null or MeteringStatus.Complete)) return ErrorCode.InvalidMetering;

        var response = result.Response;
        if (record.InputTokens != response.Usage.InputTokens || record.OutputTokens != response.Usage.OutputTokens) return ErrorCode.MeteringTokensImplausible;
        var answer = OutputHash.Text(response.Output, response.ToolCalls);
        if (record.BytesOut != Encoding.UTF8.GetByteCount(answer)) return ErrorCode.MeteringBytesMismatch;
        return record.OutputHash is { } hash && hash != OutputHash.Of(request, answer) && (onlyAsAsked || hash != Hashes.Sha256(answer))
            ? ErrorCode.MeteringOutputHashMismatch
            : null;
    }

    /// <summary>Checks what can be checked without the answer: also records of runs that were cut short.</summary>
    public static ErrorCode? CheckRun(MeteringFacts facts, MeteringRecord record, string? nodeId, long nowMs, Pricing? pricing = null)
    {
        if (record.RequestId != facts.RequestId) return ErrorCode.RequestIdMismatch;
        if (nodeId is not null && record.NodeId != nodeId) return ErrorCode.MeteringNodeMismatch;
        if (record.ModelId != facts.ModelId) return ErrorCode.MeteringModelMismatch;
        if (record.PromptHash != facts.PromptHash && record.PromptHash != facts.PlainPromptHash) return ErrorCode.MeteringPromptHashMismatch;
        if (!IsCount(record.InputTokens) || record.InputTokens > facts.MaxInputTokens) return ErrorCode.MeteringTokensImplausible;
        if (!IsCount(record.OutputTokens) || record.OutputTokens > facts.MaxTokens) return ErrorCode.MeteringTokensImplausible;
        if (record.BytesIn != facts.PromptBytes && record.BytesIn != facts.PlainPromptBytes) return ErrorCode.MeteringBytesMismatch;
        if (!IsCount(record.BytesOut) || !(record.WallTimeMs >= 0) || record.TtftMs > record.WallTimeMs) return ErrorCode.InvalidMetering;
        if (IsTooDear(record, pricing)) return ErrorCode.MeteringPriceMismatch;
        return ReplayRules.InWindow(record.Ts, nowMs) ? null : ErrorCode.MeteringTsOutOfWindow;
    }

    /// <summary>A node may ask less than it announced, never more.</summary>
    private static bool IsTooDear(MeteringRecord record, Pricing? pricing) =>
        pricing is not null && record.PriceMsat > Prices.TotalMsat(pricing, (long)record.InputTokens, (long)record.OutputTokens);

    private static bool IsCount(double value) => value >= 0 && value == Math.Floor(value);
}
