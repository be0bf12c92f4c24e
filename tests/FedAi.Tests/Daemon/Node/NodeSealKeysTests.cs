using FedAi.Daemon.Node;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Messages;
using FedAi.TestKit;
using FedAi.Tests.Protocol;

namespace FedAi.Tests.Daemon.Node;

/// <summary>The node's seal keys over time, which a test moves by hand.</summary>
public sealed class NodeSealKeysTests : IDisposable
{
    private readonly ManualTime time = new();
    private readonly KeyPair identity = KeyPair.Generate();
    private readonly NodeSealKeys keys;

    public NodeSealKeysTests() =>
        keys = new NodeSealKeys(new NodeIdentity(identity, new NodePricing(0, 0), new FedAi.Daemon.Node.NodeLimits(1, 100, 1000, TimeSpan.FromMinutes(1)), null), time);

    public void Dispose()
    {
        keys.Dispose();
        identity.Dispose();
    }

    [Fact]
    public void Current_ForAnHour_IsOneKeySignedByTheNode()
    {
        var first = Key();
        time.Move(TimeSpan.FromMinutes(59));
        Key().Kid.ShouldBe(first.Kid);
        time.Move(TimeSpan.FromMinutes(2));
        Key().Kid.ShouldNotBe(first.Kid);
        Key().PublicKey.ShouldNotBe(first.PublicKey);
    }

    [Fact]
    public void Open_SealedToTheKeyBefore_IsTakenForAWhileAndThenRefusedWithTheNewKey()
    {
        var old = Key();
        time.Move(NodeSealKeys.Lifetime + TimeSpan.FromMinutes(1));
        Open(Sealed(old)).ShouldBeNull("a quote of a minute ago is still good");

        time.Move(NodeSealKeys.Grace);
        var refusal = Open(Sealed(old))!;

        refusal.Code.ShouldBe(ErrorCode.SealKeyExpired);
        SealKeys.TryOpen(refusal.Node!, NowMs, out var node, out var given).ShouldBeTrue();
        (node, given!.Kid).ShouldBe((identity.PublicKey, Key().Kid));
        Open(Sealed(given)).ShouldBeNull();
    }

    [Fact]
    public void Open_AfterALongSilence_TakesNoOldKey()
    {
        var old = Key();
        time.Move(TimeSpan.FromDays(1));

        Open(Sealed(old))!.Code.ShouldBe(ErrorCode.SealKeyExpired);
    }

    [Fact]
    public void Open_Twice_IsRefusedAlsoAfterTheNextKeyCame()
    {
        var request = Sealed(Key());
        Open(request).ShouldBeNull();
        Open(request)!.Code.ShouldBe(ErrorCode.SealReused);

        time.Move(NodeSealKeys.Lifetime + TimeSpan.FromMinutes(1));

        Open(request)!.Code.ShouldBe(ErrorCode.SealReused);
        Open(Sealed(Key())).ShouldBeNull();
    }

    [Fact]
    public void Open_ThatDidNotOpen_UsesNothingUp()
    {
        var request = Sealed(Key());

        Open(request with { MaxTokens = 5 })!.Code.ShouldBe(ErrorCode.SealInvalid);

        Open(request).ShouldBeNull("whoever altered a copy must not hide the real one");
    }

    [Fact]
    public void Open_SealedToAnotherNode_IsRefused()
    {
        using var another = KeyPair.Generate();

        Open(Sealed(Key()) with { NodeKeyId = another.PublicKey.Npub })!.Code.ShouldBe(ErrorCode.SealInvalid);
    }

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private SealKey Key()
    {
        SealKeys.TryOpen(keys.Current, NowMs, out var node, out var key).ShouldBeTrue();
        node.ShouldBe(identity.PublicKey);
        return key!;
    }

    private InferenceRequest Sealed(SealKey key)
    {
        SealedSender.TryCreate(key, out var sender).ShouldBeTrue();
        return SealedRequests.Seal(ProtocolSamples.Request, identity.PublicKey.Npub, sender!, out _);
    }

    private Refusal? Open(InferenceRequest request) => keys.TryOpen(request, out _, out _, out var refusal) ? null : refusal;
}
