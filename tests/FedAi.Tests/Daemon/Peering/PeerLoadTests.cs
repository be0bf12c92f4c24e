using FedAi.Daemon.Peering;

namespace FedAi.Tests.Daemon.Peering;

public sealed class PeerLoadTests
{
    [Fact]
    public void Missed_CountsAsAFailureAndNotAsAJob()
    {
        var load = new PeerLoad();
        load.Succeeded(5);
        load.Failed(1_000);

        load.Missed(2_000);

        var seen = load.Observe(2_500);
        (seen.FailuresInRow, seen.SinceFailureMs, seen.Samples).ShouldBe((2, 500, 2));
    }
}
