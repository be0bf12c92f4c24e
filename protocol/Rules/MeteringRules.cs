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
    // A chat template puts a few tokens around each message, and no tokenizer makes more than one token of a byte.
    private const int TokensBesideText = 64;
    private const int TokensPerMessage = 32;

    /// <summary>Checks a finished run; null means plausible. <paramref name="nodeId"/> is the registered one where it is known.</summary>
    public static ErrorCode? Check(InferenceRequest request, SignedResult result, string? nodeId, long nowMs)
    {
        var record = result.Metering;
        var response = result.Response;
        return CheckRun(MeteringFacts.Of(request), record, nodeId, nowMs)
            ?? (record.Status is not (null or MeteringStatus.Complete) ? ErrorCode.InvalidMetering
            : record.InputTokens != response.Usage.InputTokens || record.OutputTokens != response.Usage.OutputTokens ? ErrorCode.MeteringTokensImplausible
            : record.BytesOut != Encoding.UTF8.GetByteCount(response.Output) ? ErrorCode.MeteringBytesMismatch
            : record.OutputHash is { } hash && hash != OutputHash.Of(request, response.Output) && hash != Hashes.Sha256(response.Output) ? ErrorCode.MeteringOutputHashMismatch
            : null);
    }

    /// <summary>Checks what can be checked without the answer: also records of runs that were cut short.</summary>
    public static ErrorCode? CheckRun(MeteringFacts facts, MeteringRecord record, string? nodeId, long nowMs)
    {
        if (record.RequestId != facts.RequestId) return ErrorCode.RequestIdMismatch;
        if (nodeId is not null && record.NodeId != nodeId) return ErrorCode.MeteringNodeMismatch;
        if (record.ModelId != facts.ModelId) return ErrorCode.MeteringModelMismatch;
        if (record.PromptHash != facts.PromptHash && record.PromptHash != facts.PlainPromptHash) return ErrorCode.MeteringPromptHashMismatch;
        if (!IsCount(record.InputTokens) || record.InputTokens > TokensBesideText + (TokensPerMessage * facts.Messages) + facts.PromptBytes) return ErrorCode.MeteringTokensImplausible;
        if (!IsCount(record.OutputTokens) || record.OutputTokens > facts.MaxTokens) return ErrorCode.MeteringTokensImplausible;
        if (record.BytesIn != facts.PromptBytes && record.BytesIn != facts.SentPromptBytes) return ErrorCode.MeteringBytesMismatch;
        if (!IsCount(record.BytesOut) || !(record.WallTimeMs >= 0)) return ErrorCode.InvalidMetering;
        return ReplayRules.InWindow(record.Ts, nowMs) ? null : ErrorCode.MeteringTsOutOfWindow;
    }

    private static bool IsCount(double value) => value >= 0 && value == Math.Floor(value);
}
