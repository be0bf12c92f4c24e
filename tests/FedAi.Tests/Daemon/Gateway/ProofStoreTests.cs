using FedAi.Daemon.Gateway;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Gateway;

public sealed class ProofStoreTests
{
    private static readonly KeyPair Node = KeyPair.Generate();

    private readonly ManualTime clock = new();

    [Fact]
    public void Find_FinishedRequest_IsAProofThatHolds()
    {
        var store = new ProofStore(clock);
        var request = WireClient.Ask();
        store.Add(request, SignedResults.For(request, "text", Node));

        ProofRules.Check(store.Find(request.RequestId)!).Problems.ShouldBeEmpty();
        store.Find("another").ShouldBeNull();
    }

    [Fact]
    public void Find_AfterTenMinutes_IsGone()
    {
        var store = new ProofStore(clock);
        var request = WireClient.Ask();
        store.Add(request, SignedResults.For(request, "text", Node));

        clock.Move(ProofStore.Lifetime - TimeSpan.FromMilliseconds(1));
        store.Find(request.RequestId).ShouldNotBeNull();
        clock.Move(TimeSpan.FromMilliseconds(1));
        store.Find(request.RequestId).ShouldBeNull();
        store.Count.ShouldBe(0);
    }

    [Fact]
    public void Add_MoreThanFits_TheOldestMakeRoom()
    {
        var store = new ProofStore(clock);
        var large = new string('x', (int)(ProofStore.MaxBytes / 3));
        var requests = Enumerable.Range(0, 4).Select(_ => WireClient.Ask()).ToList();

        foreach (var request in requests) store.Add(request, SignedResults.For(request, large, Node));

        requests.Select(request => store.Find(request.RequestId) is not null).ShouldBe([false, false, true, true]);
    }

    [Fact]
    public void Add_SameRequestTwice_KeepsTheFirst()
    {
        var store = new ProofStore(clock);
        var request = WireClient.Ask();
        store.Add(request, SignedResults.For(request, "first", Node));
        store.Add(request, SignedResults.For(request, "second", Node));

        System.Text.Encoding.UTF8.GetString(store.Find(request.RequestId)!).ShouldContain("first");
        store.Count.ShouldBe(1);
    }
}
