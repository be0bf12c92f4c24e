using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Protocol.Envelopes;

/// <summary>
/// Signs and checks manifests (WIRE 3.1, 3.10; DECISIONS E6, E15). The signature covers everything but the top-level
/// <c>signature</c> block, whose keyId and time are therefore only hints: the key that counts is the one in <c>id</c>.
/// </summary>
public static class Manifests
{
    private const string SignatureMember = "signature";

    /// <summary>Signs a manifest record; the bytes are canonical JSON.</summary>
    public static byte[] Sign<T>(T manifest, JsonTypeInfo<T> type, KeyPair key, long nowMs)
    {
        var unsigned = SignedDocument.Without(CanonicalJson.Of(JsonSerializer.SerializeToUtf8Bytes(manifest, type))!, SignatureMember);
        var block = new ManifestSignature
        {
            Signature = Convert.ToBase64String(key.Sign(SignedDocument.Digest(unsigned, SignatureMember)!)),
            KeyId = key.PublicKey.Npub,
            SignedAtMs = nowMs,
        };
        return CanonicalJson.Of([.. unsigned.AsSpan(0, unsigned.Length - 1), .. ",\"signature\":"u8, .. JsonSerializer.SerializeToUtf8Bytes(block, ProtocolJson.Default.ManifestSignature), (byte)'}'])!;
    }

    /// <summary>The hash by which a manifest is named: hex of the digest that is signed; null when the text is no JSON object.</summary>
    public static string? Hash(ReadOnlySpan<byte> json) => SignedDocument.Digest(json, SignatureMember) is { } digest ? Convert.ToHexStringLower(digest) : null;

    /// <summary>Whether the signature block holds for this key; says nothing of shape or id.</summary>
    public static bool Verify(ReadOnlySpan<byte> json, PublicKey key) => Check(json, key) is null;

    /// <summary>
    /// Opens a manifest of type <typeparamref name="T"/>: shape, id is an npub, signed by that npub, values that can be. The refusal says which
    /// of these fails; the key is there once it proved to have signed.
    /// </summary>
    public static (T? Manifest, PublicKey? Key, Refusal? Refusal) Open<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) where T : class
    {
        if (CanonicalJson.Of(json) is not { } canonical) return (null, null, new Refusal(ErrorCode.InvalidJson, "The manifest is not JSON."));
        using var document = CanonicalJson.ToDocument(canonical);
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object && !root.TryGetProperty(SignatureMember, out _))
            return (null, null, new Refusal(ErrorCode.MissingSignature, "The manifest carries no signature block; write it anew with: fedai manifest --write"));
        if (JsonShape.Problems(root, type) is { Count: > 0 } problems)
            return (null, null, new Refusal(ErrorCode.InvalidManifest, "The manifest does not have the members it must have.", problems));
        if (!PublicKey.TryParseNpub(root.GetProperty("id").GetString(), out var key))
            return (null, null, new Refusal(ErrorCode.InvalidKeyId, "The manifest's id must be the npub of the key that signs it."));
        if (Check(canonical, key) is { } refusal) return (null, null, refusal);
        var manifest = root.Deserialize(type)!;
        return Values(manifest) is { Count: > 0 } values
            ? (null, key, new Refusal(ErrorCode.InvalidManifest, "The manifest says what cannot be.", values))
            : (manifest, key, null);
    }

    private static IReadOnlyList<string> Values(object manifest) => manifest switch
    {
        NodeManifest node => ManifestRules.Problems(node),
        RouterManifest router => ManifestRules.Problems(router),
        _ => [],
    };

    private static Refusal? Check(ReadOnlySpan<byte> json, PublicKey key)
    {
        if (CanonicalJson.Of(json) is not { } canonical) return new Refusal(ErrorCode.InvalidJson, "The manifest is not JSON.");
        using var document = CanonicalJson.ToDocument(canonical);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty(SignatureMember, out var block)
            || JsonShape.Problems(block, ProtocolJson.Default.ManifestSignature).Count > 0)
            return new Refusal(ErrorCode.MissingSignature, "The manifest carries no signature block; write it anew with: fedai manifest --write");
        return SignedDocument.Verify(key, SignedDocument.Digest(canonical, SignatureMember), block.GetProperty("signature").GetString())
            ? null
            : new Refusal(ErrorCode.InvalidSignature, "The manifest was changed after it was signed, or signed by another key than its id.");
    }
}
