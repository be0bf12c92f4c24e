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

    [Fact]
    public void Root_AnyOrder_IsTheSameAndOfOtherRecordsAnother()
    {
        MerkleTree.Root(Leaves.Reverse()).ShouldBe(MerkleTree.Root(Leaves));
        for (var i = 0; i < Leaves.Length; i++) MerkleTree.Root(Leaves.Where((_, index) => index != i)).ShouldNotBe(MerkleTree.Root(Leaves));
    }
}
