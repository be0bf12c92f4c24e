using FedAi.Daemon.Hosting;
using FedAi.Daemon.Router;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Router;

public sealed class SchedulerOptionsTests
{
    [Theory]
    [InlineData(15)]
    [InlineData(30)]
    [InlineData(120)]
    public async Task IsActive_SilentForLongerThanTheWindow_IsNot(int seconds)
    {
        await using var federation = await TestFederation.StartAsync(new FedAiOptions { Scheduler = new SchedulerOptions { HeartbeatWindowSeconds = seconds } }, new ScriptedRunner());

        var node = federation.Directory.Find(federation.Nodes[0].Key.PublicKey)!;

        node.IsActive(node.SeenAtMs + (seconds * 1000)).ShouldBeTrue();
        node.IsActive(node.SeenAtMs + (seconds * 1000) + 1).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(10)]
    public async Task IsCooling_AfterOneFailureAndAfterMany_IsForAsLongAsTheOptionSays(int seconds)
    {
        await using var federation = await TestFederation.StartAsync(new FedAiOptions { Scheduler = new SchedulerOptions { CooldownSeconds = seconds } }, new ScriptedRunner());
        var node = federation.Directory.Find(federation.Nodes[0].Key.PublicKey)!;

        node.Load.Failed(1000);
        CoolingFor(seconds * 1000);
        for (var i = 0; i < 9; i++) node.Load.Failed(1000);
        CoolingFor(4 * seconds * 1000);

        void CoolingFor(int milliseconds)
        {
            if (milliseconds > 0) node.IsCooling(node.Load.Observe(1000 + milliseconds - 1)).ShouldBeTrue();
            node.IsCooling(node.Load.Observe(1000 + milliseconds)).ShouldBeFalse();
        }
    }
}
