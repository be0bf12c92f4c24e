using FedAi.Daemon.Node;

namespace FedAi.Tests.Daemon.Node;

public sealed class ReachPolicyTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8481/", "http://127.0.0.1:8480/", false)]
    [InlineData("http://127.0.0.1:8481/", "https://192.168.1.2:8480/", true)]
    [InlineData("http://127.0.0.1:8481/", "https://router.example/", true)]
    [InlineData("https://192.168.1.3:8481/", "http://localhost:8480/", false)]
    [InlineData("https://192.168.1.3:8481/", "https://192.168.1.2:8480/", false)]
    [InlineData("https://192.168.1.3:8481/", "https://8.8.8.8/", true)]
    [InlineData("https://[fd00::3]:8481/", "https://[2a00:1450::1]/", true)]
    [InlineData("https://8.8.4.4:8481/", "https://8.8.8.8/", false)]
    [InlineData("https://node.example/", "https://router.example/", false)]
    public void OpensConnection_Auto_WhenTheOwnAddressMeansNothingThere(string own, string router, bool expected)
    {
        ReachPolicy.OpensConnection(NodeReach.Auto, new Uri(own), new Uri(router)).ShouldBe(expected);
        ReachPolicy.OpensConnection(NodeReach.Direct, new Uri(own), new Uri(router)).ShouldBeFalse();
        ReachPolicy.OpensConnection(NodeReach.Reverse, new Uri(own), new Uri(router)).ShouldBeTrue();
    }
}
