using System.Text.Json;

namespace FedAi.Runners.OpenAi;

/// <summary>The answer of <c>GET /v1/models</c>.</summary>
internal sealed record UpstreamModelList
{
    public IReadOnlyList<Model?>? Data { get; init; }

    internal sealed record Model
    {
        public string? Id { get; init; }

        // How many tokens a request may have: each server has its own name for it.
        public JsonElement? MaxModelLen { get; init; }
        public JsonElement? ContextWindow { get; init; }
        public JsonElement? ContextLength { get; init; }
        public JsonElement? MaxContextLength { get; init; }
    }
}
