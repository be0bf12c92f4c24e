using FedAi.Daemon.Store;
using FedAi.TestKit;
using FedAi.Tests.Daemon.Trust;

namespace FedAi.Tests.Daemon.Store;

public sealed class ExperienceTableTests
{
    [Fact]
    public async Task Save_SamePeerAgain_KeepsTheNewest_AndOldPeersAreForgotten()
    {
        await using var store = new TestStore();
        var row = new ExperienceRow(TrustGraphs.Key(1), 1, 0.25, 1000);
        await store.Tables.Experience.SaveAsync([row, row with { Peer = TrustGraphs.Key(2), AtMs = 10 }]);
        await store.Tables.Experience.SaveAsync([row with { Good = 2, AtMs = 2000 }]);
        store.Tables.Experience.Load().ShouldBe([row with { Good = 2, AtMs = 2000 }, row with { Peer = TrustGraphs.Key(2), AtMs = 10 }], ignoreOrder: true);

        await store.Tables.Experience.ForgetAsync(oldestMs: 11);
        store.Tables.Experience.Load().ShouldHaveSingleItem().Peer.ShouldBe(TrustGraphs.Key(1));
    }
}
