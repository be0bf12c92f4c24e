using System.Text;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;

namespace FedAi.Daemon.Node;

/// <summary>
/// Gathers what a run did and closes it into a <see cref="MeteringRecord"/> (DECISIONS E4). Lives as long as the request;
/// the text is kept only because its hash and length are part of the record.
/// </summary>
internal sealed class MeteringDraft(InferenceRequest request, string nodeId, string? modelHash, NodePricing pricing, TimeProvider time)
{
    private readonly long started = time.GetTimestamp();
    private readonly StringBuilder output = new();
    private readonly List<ToolCallDelta> pieces = [];
    private long? firstTokenMs;

    public int InputTokens { get; private set; }

    public int OutputTokens { get; private set; }

    public string Output => output.ToString();

    /// <summary>The whole calls, once the run has ended; null when there are none.</summary>
    public IReadOnlyList<ToolCall>? ToolCalls { get; private set; }

    public long ElapsedMs => (long)time.GetElapsedTime(started).TotalMilliseconds;

    public void Started(int inputTokens) => InputTokens = inputTokens;

    public void Add(InferenceDelta delta)
    {
        firstTokenMs ??= ElapsedMs;
        output.Append(delta.Text);
        pieces.AddRange(delta.ToolCalls ?? []);
        OutputTokens += delta.Tokens;
    }

    /// <summary>Takes the runner's own counts, which include tokens that made no text; false when the pieces of tool calls make no whole ones.</summary>
    public bool TryEnd(int inputTokens, int outputTokens)
    {
        (InputTokens, OutputTokens) = (inputTokens, outputTokens);
        if (pieces.Count == 0) return true;
        ToolCalls = Protocol.Rules.ToolCalls.Join(pieces);
        return ToolCalls is not null;
    }

    public MeteringRecord Close(MeteringStatus status)
    {
        var text = Output;
        var answer = OutputHash.Text(text, ToolCalls);
        return new MeteringRecord
        {
            RequestId = request.RequestId,
            NodeId = nodeId,
            ModelId = request.ModelId,
            PromptHash = PromptHash.Of(request),
            InputTokens = InputTokens,
            OutputTokens = OutputTokens,
            WallTimeMs = ElapsedMs,
            BytesIn = PromptHash.PromptBytes(request),
            BytesOut = Encoding.UTF8.GetByteCount(answer),
            Ts = time.GetUtcNow().ToUnixTimeMilliseconds(),
            OutputHash = OutputHash.Of(request, text, ToolCalls),
            Status = status,
            PriceMsat = pricing.PriceMsat(InputTokens, OutputTokens),
            ModelHash = modelHash,
            TtftMs = firstTokenMs,
        };
    }
}
