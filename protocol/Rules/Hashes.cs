using System.Security.Cryptography;
using System.Text;

namespace FedAi.Protocol.Rules;

/// <summary>Hashes every peer must compute alike (WIRE 3.1): lower-case hex of SHA-256 over UTF-8; a lone surrogate counts as U+FFFD.</summary>
public static class Hashes
{
    public static string Sha256(string text) => Sha256(Encoding.UTF8.GetBytes(text));

    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The hash of a federated job: of <c>requestId:modelId:inputHash:maxTokens</c>.</summary>
    public static string Job(string requestId, string modelId, string inputHash, long maxTokens) =>
        Sha256(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{requestId}:{modelId}:{inputHash}:{maxTokens}"));

    internal static string Keyed(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(HMACSHA256.HashData(key, bytes));
}
