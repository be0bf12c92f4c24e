using System.Security.Cryptography;
using System.Text;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Protocol.Rules;

public sealed class MerkleTreeTests
{
    private static readonly byte[][] Leaves = [.. Enumerable.Range(0, 7).Select(i => MerkleTree.Leaf(Encoding.UTF8.GetBytes($"record {i}")))];

    /// <summary>RFC 6962, 2.1: the hash of a leaf begins with 0, that of a pair with 1, and a left tree is full.</summary>
    [Fact]
    public void Root_ThreeLeaves_IsThatOfTheFirstPairAndTheThird()
    {
        var sorted = Leaves[..3].Order(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))).ToArray();
        var pair = SHA256.HashData([1, .. sorted[0], .. sorted[1]]);

        MerkleTree.Leaf("x"u8).ShouldBe(SHA256.HashData([0, (byte)'x']));
        MerkleTree.Root(Leaves[..3]).ShouldBe(SHA256.HashData([1, .. pair, .. sorted[2]]));
        MerkleTree.Root(Leaves[..1]).ShouldBe(Leaves[0]);
    }

    /// <summary>By RFC 6962's own definitions, which split the list and do not go level by level.</summary>
    [Fact]
    public void Path_OfEveryLeafOfEveryTree_IsThatOfTheRfcAndLeadsToTheRoot()
    {
        for (var count = 1; count <= 33; count++)
        {
            var leaves = Sorted(Enumerable.Range(0, count).Select(i => MerkleTree.Leaf(Encoding.UTF8.GetBytes($"leaf {i}"))));
            MerkleTree.Root(leaves.Reverse()).ShouldBe(Mth(leaves));
            for (var index = 0; index < count; index++)
            {
                var path = MerkleTree.Path(MerkleTree.Levels(leaves.Reverse()), leaves[index]).ShouldNotBeNull();
                (path.Index, path.Count).ShouldBe((index, count));
                path.Hashes.Select(Convert.ToHexString).ShouldBe(PathOf(index, leaves).Select(Convert.ToHexString));
                MerkleTree.RootOf(leaves[index], path).ShouldBe(Mth(leaves));
            }
        }
    }

    [Fact]
    public void RootOf_AnotherLeafPlaceOrPath_LeadsElsewhereOrNowhere()
    {
        var leaves = Sorted(Leaves);
        var root = MerkleTree.Root(leaves);
        for (var index = 0; index < leaves.Length; index++)
        {
            var path = MerkleTree.Path(MerkleTree.Levels(leaves), leaves[index])!;
            var flipped = path.Hashes.Select(hash => hash.ToArray()).ToArray();
            flipped[^1][31] ^= 1;
            foreach (var wrong in (MerklePath[])
            [
                path with { Index = (index + 1) % leaves.Length }, path with { Index = -1 }, path with { Index = leaves.Length }, path with { Count = path.Count * 2 }, path with { Count = 0 },
                path with { Hashes = [.. path.Hashes, path.Hashes[0]] }, path with { Hashes = [.. path.Hashes.Skip(1)] }, path with { Hashes = [] }, path with { Hashes = flipped },
            ])
                (MerkleTree.RootOf(leaves[index], wrong) ?? []).ShouldNotBe(root, $"{index} {wrong}");
            MerkleTree.RootOf(leaves[(index + 1) % leaves.Length], path).ShouldNotBe(root);
        }

        MerkleTree.Path(MerkleTree.Levels(leaves), MerkleTree.Leaf("another"u8)).ShouldBeNull();
        MerkleTree.RootOf(leaves[0], new MerklePath(0, long.MaxValue, [])).ShouldBeNull();
    }

    private static byte[][] Sorted(IEnumerable<byte[]> leaves) => [.. leaves.OrderBy(Convert.ToHexString, StringComparer.Ordinal)];

    private static byte[] Mth(ReadOnlySpan<byte[]> leaves) =>
        leaves.Length == 1 ? leaves[0] : SHA256.HashData([1, .. Mth(leaves[..Half(leaves.Length)]), .. Mth(leaves[Half(leaves.Length)..])]);

    private static IEnumerable<byte[]> PathOf(int index, byte[][] leaves)
    {
        if (leaves.Length == 1) return [];
        var half = Half(leaves.Length);
        return index < half ? [.. PathOf(index, leaves[..half]), Mth(leaves.AsSpan(half))] : [.. PathOf(index - half, leaves[half..]), Mth(leaves.AsSpan(0, half))];
    }

    /// <summary>The largest power of two below.</summary>
    private static int Half(int count) => 1 << (31 - System.Numerics.BitOperations.LeadingZeroCount((uint)count - 1));

    [Fact]
    public void Root_AnyOrder_IsTheSameAndOfOtherRecordsAnother()
    {
        MerkleTree.Root(Leaves.Reverse()).ShouldBe(MerkleTree.Root(Leaves));
        for (var i = 0; i < Leaves.Length; i++) MerkleTree.Root(Leaves.Where((_, index) => index != i)).ShouldNotBe(MerkleTree.Root(Leaves));
    }
}
