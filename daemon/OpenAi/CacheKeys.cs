using System.Security.Cryptography;
using System.Text;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// Under which key a node may reuse what it has read of a prompt (DECISIONS E20). Hashed with a secret of this process, so that nobody
/// can guess another's key and learn by timing what he asked. Without a key of the client's own it is the conversation's:
/// its first messages, which the node sees anyway, so that a second turn is quick and two conversations stay apart.
/// </summary>
internal sealed class CacheKeys
{
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);

    /// <summary>Null where nothing can be reused.</summary>
    public string? Of(string caller, InferenceRequest request)
    {
        using var text = new MemoryStream();
        Append(text, caller);
        if (request.CacheKey is { } named)
        {
            Append(text, "named");
            Append(text, named);
        }
        else if (request.Messages is { } messages)
        {
            foreach (var message in messages)
            {
                Append(text, message.Role);
                Append(text, message.Content);
                if (message.Role == "user") break;
            }
        }
        else
        {
            return null;
        }

        return Convert.ToBase64String(HMACSHA256.HashData(secret, text.GetBuffer().AsSpan(0, (int)text.Length)));
    }

    /// <summary>Each text by its own hash, so that no two lists of texts are the same bytes.</summary>
    private static void Append(MemoryStream into, string text) => into.Write(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
