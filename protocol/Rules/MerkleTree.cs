using System.Security.Cryptography;

namespace FedAi.Protocol.Rules;

/// <summary>
/// One hash that stands for a set of records (RFC 6962, section 2.1: leaves and inner nodes are hashed apart). The leaves are sorted,
/// so whoever has the same records finds the same root, in whatever order he keeps them.
/// </summary>
public static class MerkleTree
{
    /// <summary>The hash of one record.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> record) => SHA256.HashData([0, .. record]);

    /// <summary>The root over at least one leaf.</summary>
    public static byte[] Root(IEnumerable<byte[]> leaves)
    {
        var level = leaves.Order(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))).ToArray();
        ArgumentOutOfRangeException.ThrowIfZero(level.Length, nameof(leaves));
        while (level.Length > 1) level = [.. level.Chunk(2).Select(pair => pair is [var left, var right] ? SHA256.HashData([1, .. left, .. right]) : pair[0])];
        return level[0];
    }
}
