using System.Diagnostics.CodeAnalysis;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Protocol.Envelopes;

/// <summary>Reads the seal key of a node (DECISIONS E11): it must be signed by the node itself, whoever passed it on.</summary>
public static class SealKeys
{
    public const string Suite = "x25519-sha256-chacha20poly1305";

    /// <summary>The longest a key may be good for: a stolen secret must not open what is sealed for years.</summary>
    public const long LongestLifeMs = 24 * 3600 * 1000;

    /// <summary>Whether the key is the node's own and good now; clocks may differ as they may everywhere.</summary>
    public static bool TryOpen(NodeSealKey node, long nowMs, [NotNullWhen(true)] out PublicKey? signer, [NotNullWhen(true)] out SealKey? key)
    {
        (signer, key) = (null, null);
        if (!PublicKey.TryParseNpub(node.KeyId, out var named)
            || !EnvelopeSealer.TryOpen(node.SealKey, out var envelope, out _)
            || !envelope.Key.Equals(named)
            || !envelope.TryRead(ProtocolJson.Default.SealKey, out var read, out _)
            || read.Suite != Suite || read.Kid.Length is 0 or > 64
            || read.NotBeforeMs > nowMs + ReplayRules.WindowMs || read.ExpiresAtMs < nowMs - ReplayRules.WindowMs
            || read.ExpiresAtMs - read.NotBeforeMs > LongestLifeMs
            || !envelope.VerifySignature()) return false;
        (signer, key) = (named, read);
        return true;
    }
}
