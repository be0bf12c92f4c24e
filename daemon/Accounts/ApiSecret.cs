using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Accounts;

/// <summary>
/// The text of an API key: 256 random bits, shown once. Only its SHA-256 is kept: a slow hash protects what people choose, and nobody
/// finds a random number by trying. Looking the hash up tells a caller's clock nothing about the secret.
/// </summary>
internal static class ApiSecret
{
    /// <summary>Clients that look at a key expect it to begin with sk-, and scanners for leaked keys find ours by the rest.</summary>
    public const string Prefix = "sk-fedai-";

    private const int RandomBytes = 32;
    private const string Scheme = "Bearer ";

    private static readonly int Chars = Prefix.Length + Base64Url.GetEncodedLength(RandomBytes);

    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The hash of a secret that has the form of one.</summary>
    public static bool TryHash(ReadOnlySpan<char> secret, out Hex32 hash)
    {
        hash = default;
        if (secret.Length != Chars || !secret.StartsWith(Prefix) || !Ascii.IsValid(secret)) return false;
        Span<byte> text = stackalloc byte[Chars], digest = stackalloc byte[Hex32.Bytes];
        Encoding.ASCII.GetBytes(secret, text);
        SHA256.HashData(text, digest);
        hash = Hex32.From(digest);
        return true;
    }

    /// <summary>The secret in an Authorization header; empty when it holds none.</summary>
    public static ReadOnlySpan<char> OfHeader(ReadOnlySpan<char> authorization) =>
        authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : [];
}
