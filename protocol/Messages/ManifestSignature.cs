namespace FedAi.Protocol.Messages;

/// <summary>Signature block of a manifest; keyId and signedAtMs are not covered by it.</summary>
public sealed record ManifestSignature
{
    public required string Signature { get; init; }
    public required string KeyId { get; init; }
    public required double SignedAtMs { get; init; }
}
