using System.Globalization;
using System.Text.Json;
using FedAi.Protocol.Rules;

namespace FedAi.Runners.OpenAi;

/// <summary>From what a server lists to what this node offers. Pure.</summary>
internal static class UpstreamModels
{
    private const int MaxModels = 256;
    private const int MaxIdChars = 256;

    /// <summary>The models to share: those the server has and the operator wants, each once.</summary>
    public static IReadOnlyList<RunnerModel> Read(ReadOnlySpan<byte> json, OpenAiUpstream upstream) =>
    [
        .. (JsonSerializer.Deserialize(json, OpenAiJson.Default.UpstreamModelList)?.Data ?? [])
            .Where(model => model?.Id is { Length: > 0 and <= MaxIdChars } id && !id.Any(char.IsControl) && (upstream.Models.Count == 0 || upstream.Models.Contains(id)))
            .DistinctBy(model => model!.Id, StringComparer.Ordinal)
            .Take(MaxModels)
            .Select(model => new RunnerModel(model!.Id!, Context(model) ?? upstream.ContextTokens, null)
            {
                Features = upstream.Features,
                // A server that only makes vectors serves nothing else.
                Generates = !(upstream.Features is [ModelFeatures.Embeddings]),
            }),
    ];

    private static int? Context(UpstreamModelList.Model model) =>
        Tokens(model.MaxModelLen) ?? Tokens(model.ContextWindow) ?? Tokens(model.ContextLength) ?? Tokens(model.MaxContextLength);

    /// <summary>A number as such servers write it; nonsense counts as not said.</summary>
    private static int? Tokens(JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Number } number && int.TryParse(number.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) && tokens > 0 ? tokens : null;
}
