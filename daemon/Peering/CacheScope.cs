using System.Security.Cryptography;
using System.Text;
using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Narrows a request's cache key to who signed the request, at every hop that admits one: whoever guesses another's key gets
/// a key of his own, and learns nothing by timing (DECISIONS E20). A sealed request never meets one in clear. Pure.
/// </summary>
internal static class CacheScope
{
    /// <summary>Null asker: an OpenAI caller of this process, whose key only this process could have made.</summary>
    public static string? Narrow(PublicKey? asker, bool isSealed, string? cacheKey) => cacheKey is null ? null
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{asker?.Npub ?? "here"}/{(isSealed ? "sealed" : "clear")}/{cacheKey}")));
}
