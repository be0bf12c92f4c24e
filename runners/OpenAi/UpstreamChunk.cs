using System.Text.Json;

namespace FedAi.Runners.OpenAi;

/// <summary>One event of a streamed completion, chat or plain, as servers send it; what else stands there is skipped.</summary>
internal sealed record UpstreamChunk
{
    public IReadOnlyList<Choice>? Choices { get; init; }

    /// <summary>Left as it is: nonsense here must not cost the answer.</summary>
    public JsonElement? Usage { get; init; }

    public JsonElement? Error { get; init; }

    internal sealed record Choice
    {
        public Part? Delta { get; init; }
        public string? Text { get; init; }
        public string? FinishReason { get; init; }
    }

    internal sealed record Part
    {
        public string? Content { get; init; }
        public string? ReasoningContent { get; init; }
        public string? Reasoning { get; init; }
        public IReadOnlyList<Call>? ToolCalls { get; init; }
    }

    internal sealed record Call
    {
        public long? Index { get; init; }
        public string? Id { get; init; }
        public Function? Function { get; init; }
    }

    internal sealed record Function
    {
        public string? Name { get; init; }
        public string? Arguments { get; init; }
    }
}
