using System.Security.Cryptography;

namespace FedAi.Protocol.Rules;

/// <summary>
/// One hash that stands for a set of records (RFC 6962, section 2.1: leaves and inner nodes are hashed apart). The leaves are sorted,
/// so whoever has the same records finds the same root, in whatever order he keeps them.
/// </summary>
public static class MerkleTree
{
    private static readonly Comparer<byte[]> ByBytes = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    /// <summary>The hash of one record.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> record) => SHA256.HashData([0, .. record]);

    /// <summary>The root over at least one leaf.</summary>
    public static byte[] Root(IEnumerable<byte[]> leaves) => Levels(leaves)[^1][0];

    /// <summary>The whole tree over at least one leaf, from the sorted leaves up to the root, of which paths are taken.</summary>
    public static IReadOnlyList<byte[][]> Levels(IEnumerable<byte[]> leaves)
    {
        List<byte[][]> levels = [[.. leaves.Order(ByBytes)]];
        ArgumentOutOfRangeException.ThrowIfZero(levels[0].Length, nameof(leaves));
        while (levels[^1].Length > 1) levels.Add(Above(levels[^1]));
        return levels;
    }

    /// <summary>What shows that a leaf is one of this tree to somebody who knows nothing but its root; null when it is none.</summary>
    public static MerklePath? Path(IReadOnlyList<byte[][]> levels, byte[] leaf)
    {
        var index = Array.BinarySearch(levels[0], leaf, ByBytes);
        if (index < 0) return null;
        var hashes = new List<byte[]>();
        var place = index;
        foreach (var level in levels.SkipLast(1))
        {
            if ((place ^ 1) < level.Length) hashes.Add(level[place ^ 1]);
            place /= 2;
        }

        return new MerklePath(index, levels[0].Length, hashes);
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

    private static byte[][] Above(byte[][] level) => [.. level.Chunk(2).Select(pair => pair is [var left, var right] ? Pair(left, right) : pair[0])];

    private static byte[] Pair(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);
}
