using FedAi.Daemon.OpenAi;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.OpenAi;

public sealed class ProofStoreTests
{
    private static readonly KeyPair Node = KeyPair.Generate();

    private readonly ManualTime clock = new();

    [Fact]
    public void Find_FinishedRequest_IsAProofThatHolds()
    {
        var store = new ProofStore(clock);
        var request = WireClient.Ask();
        store.Add(request, SignedResults.For(request, "text", Node), owner: null);

        ProofRules.Check(store.Find(request.RequestId, owner: null)!).Problems.ShouldBeEmpty();
        store.Find("another", owner: null).ShouldBeNull();
    }

    [Fact]
    public void Find_ProofOfAnother_IsNotToBeHad()
    {
        var store = new ProofStore(clock);
        var request = WireClient.Ask();
        var (owner, other) = (KeyPair.Generate().PublicKey, KeyPair.Generate().PublicKey);
        store.Add(request, SignedResults.For(request, "text", Node), owner);

        store.Find(request.RequestId, owner).ShouldNotBeNull();
        store.Find(request.RequestId, other).ShouldBeNull();
        store.Find(request.RequestId, owner: null).ShouldBeNull();
    }

    [Fact]
    public void Find_AfterTenMinutes_IsGone()
    {
        var store = new ProofStore(clock);
        var request = WireClient.Ask();
        store.Add(request, SignedResults.For(request, "text", Node), owner: null);

        clock.Move(ProofStore.Lifetime - TimeSpan.FromMilliseconds(1));
        store.Find(request.RequestId, owner: null).ShouldNotBeNull();
        clock.Move(TimeSpan.FromMilliseconds(1));
        store.Find(request.RequestId, owner: null).ShouldBeNull();
        store.Count.ShouldBe(0);
    }

    [Fact]
    public void Add_MoreThanFits_TheOldestMakeRoom()
    {
        var store = new ProofStore(clock);
        var large = new string('x', (int)(ProofStore.MaxBytes / 3));
        var requests = Enumerable.Range(0, 4).Select(_ => WireClient.Ask()).ToList();

        foreach (var request in requests) store.Add(request, SignedResults.For(request, large, Node), owner: null);

        requests.Select(request => store.Find(request.RequestId, owner: null) is not null).ShouldBe([false, false, true, true]);
    }

    [Fact]
    public void Add_SameRequestTwice_KeepsTheFirst()
    {
        var store = new ProofStore(clock);
        var request = WireClient.Ask();
        store.Add(request, SignedResults.For(request, "first", Node), owner: null);
        store.Add(request, SignedResults.For(request, "second", Node), owner: null);

        System.Text.Encoding.UTF8.GetString(store.Find(request.RequestId, owner: null)!).ShouldContain("first");
        store.Count.ShouldBe(1);
    }
}
