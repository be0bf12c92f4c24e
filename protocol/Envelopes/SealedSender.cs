using System.Diagnostics.CodeAnalysis;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Envelopes;

/// <summary>
/// What it takes to seal one request to a node's key, and to open its answer (DECISIONS E11). It needs nothing of the request, so it can be
/// made before there is one: it is most of what sealing costs. For one request only.
/// </summary>
public sealed class SealedSender : IDisposable
{
    private readonly byte[] encapsulated;
    private readonly SealedContext context;

    private SealedSender(string kid, byte[] encapsulated, SealedContext context) => (Kid, this.encapsulated, this.context) = (kid, encapsulated, context);

    internal string Kid { get; }

    /// <summary>False when the key is no key.</summary>
    public static bool TryCreate(SealKey key, [NotNullWhen(true)] out SealedSender? sender)
    {
        sender = null;
        var publicKey = new byte[X25519Key.Bytes];
        if (!Convert.TryFromBase64String(key.PublicKey, publicKey, out var length) || length != publicKey.Length
            || !SealedBox.TrySend(publicKey, SealedRequests.Info, out var encapsulated, out var context)) return false;
        sender = new SealedSender(key.Kid, encapsulated, context);
        return true;
    }

    public void Dispose() => context.Dispose();

    internal SealedPrompt Seal(ReadOnlySpan<byte> binding, ReadOnlySpan<byte> text) => new()
    {
        V = SealedRequests.Version,
        Kid = Kid,
        Enc = Convert.ToBase64String(encapsulated),
        Ct = Convert.ToBase64String(context.Seal(binding, text)),
    };

    internal SealedAnswerReader Answer(bool structured) => new(encapsulated, context.Export(SealedRequests.AnswerLabel, SealedAnswerKeys.SecretBytes), structured);
}
