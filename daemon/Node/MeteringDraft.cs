using System.Text;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Daemon.Node;

/// <summary>
/// Gathers what a run did and closes it into a <see cref="MeteringRecord"/> (DECISIONS E4). Lives as long as the request;
/// the text is kept only because its hash and length are part of the record.
/// </summary>
internal sealed class MeteringDraft(InferenceRequest request, string nodeId, string? modelHash, NodePricing pricing, TimeProvider time)
{
    private readonly long started = time.GetTimestamp();
    private readonly StringBuilder output = new();
    private long? firstTokenMs;

    public int InputTokens { get; private set; }

    public int OutputTokens { get; private set; }

    public string Output => output.ToString();

    public long ElapsedMs => (long)time.GetElapsedTime(started).TotalMilliseconds;

    public void Started(int inputTokens) => InputTokens = inputTokens;

    public void Add(string text, int tokens)
    {
        firstTokenMs ??= ElapsedMs;
        output.Append(text);
        OutputTokens += tokens;
    }

    /// <summary>The runner's own counts at the end; they include tokens that made no text.</summary>
    public void Ended(int inputTokens, int outputTokens) => (InputTokens, OutputTokens) = (inputTokens, outputTokens);

    public MeteringRecord Close(MeteringStatus status)
    {
        var text = Output;
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
            BytesOut = Encoding.UTF8.GetByteCount(text),
            Ts = time.GetUtcNow().ToUnixTimeMilliseconds(),
            OutputHash = OutputHash.Of(request, text),
            Status = status,
            PriceMsat = pricing.PriceMsat(InputTokens, OutputTokens),
            ModelHash = modelHash,
            TtftMs = firstTokenMs,
        };
    }
}
