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
        var level = Sorted(leaves);
        ArgumentOutOfRangeException.ThrowIfZero(level.Length, nameof(leaves));
        while (level.Length > 1) level = Above(level);
        return level[0];
    }

    /// <summary>What shows that a leaf is one of these to somebody who knows nothing but their root; null when it is none.</summary>
    public static MerklePath? Path(IEnumerable<byte[]> leaves, byte[] leaf)
    {
        var level = Sorted(leaves);
        var index = Array.FindIndex(level, other => other.AsSpan().SequenceEqual(leaf));
        if (index < 0) return null;
        var hashes = new List<byte[]>();
        var (count, place) = (level.Length, index);
        for (; level.Length > 1; level = Above(level), place /= 2)
            if ((place ^ 1) < level.Length) hashes.Add(level[place ^ 1]);
        return new MerklePath(index, count, hashes);
    }

    /// <summary>The root that a leaf and its path lead to; null for a path that no tree has.</summary>
    public static byte[]? RootOf(byte[] leaf, MerklePath path)
    {
        if (path.Index < 0 || path.Index >= path.Count) return null;
        var (root, next) = (leaf, 0);
        for (var (place, count) = (path.Index, path.Count); count > 1; place /= 2, count = (count + 1) / 2)
        {
            // The last of an odd number goes up as it is.
            if ((place ^ 1) >= count) continue;
            if (next == path.Hashes.Count) return null;
            var beside = path.Hashes[next++];
            root = place % 2 == 0 ? Pair(root, beside) : Pair(beside, root);
        }

        return next == path.Hashes.Count ? root : null;
    }

    private static byte[][] Sorted(IEnumerable<byte[]> leaves) => [.. leaves.Order(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))];

    private static byte[][] Above(byte[][] level) => [.. level.Chunk(2).Select(pair => pair is [var left, var right] ? Pair(left, right) : pair[0])];

    private static byte[] Pair(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}
