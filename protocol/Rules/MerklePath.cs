namespace FedAi.Protocol.Rules;

/// <summary>Where a leaf stands among the sorted leaves of a tree, and the hashes beside its way to the root, nearest first (RFC 6962, section 2.1.1).</summary>
public sealed record MerklePath(long Index, long Count, IReadOnlyList<byte[]> Hashes);
