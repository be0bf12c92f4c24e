using System.Text.Json;

namespace FedAi.Runners.OpenAi;

/// <summary>The answer of <c>POST /v1/embeddings</c>.</summary>
internal sealed record UpstreamVectors
{
    public IReadOnlyList<Vector?>? Data { get; init; }
    public JsonElement? Usage { get; init; }

    internal sealed record Vector
    {
        public int Index { get; init; }
        public float[]? Embedding { get; init; }
    }
}
