using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.TestKit;

namespace FedAi.Benchmarks;

/// <summary>Whether a load run saw exactly what it should: every forgery refused, nothing else, and every answer truly signed.</summary>
internal static class AnswerCheck
{
    /// <summary>A sentence for each thing that was wrong.</summary>
    public static IEnumerable<string> Problems(LoadResult result, PublicKey node, int expectedRefusals)
    {
        foreach (var surprise in result.Surprises.Take(3)) yield return surprise;
        if (result.Refused != expectedRefusals) yield return $"{result.Refused} refused instead of {expectedRefusals}";
        var bad = result.Bodies.Count(body => !Holds(body, node));
        if (bad > 0) yield return $"{bad} answers accepted without a signature that holds";
    }

    public static bool Holds(byte[] body, PublicKey node) =>
        JsonSerializer.Deserialize(body, ProtocolJson.Default.InferenceStreamFinal) is { } final
        && SignedResult.TryOpen(final, node, out _, out _);
}
