using FedAi.Daemon.Hosting;
using FedAi.Daemon.Router;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Router;

public sealed class HeartbeatWindowTests
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
}
