using System.Net;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>What a node takes at most, each limit at its border and one beyond; the rest of them is RequestPolicyTests'.</summary>
public sealed class LimitTests
{
    [Theory]
    [InlineData(nameof(Role.Node))]
    [InlineData(nameof(Role.Router))]
    public async Task Body_OneByteTooLong_Is413AndAtTheLimitItIsRead(string role)
    {
        await using var daemon = await TestDaemon.StartAsync(Enum.Parse<Role>(role), new FedAiOptions { Http = new HttpOptions { MaxRequestBytes = 2000 } });
        using var client = new WireClient(daemon.Base, KeyPair.Generate());

        var (within, read) = await client.PostAsync("infer", new byte[2000]);
        var (beyond, refused) = await client.PostAsync("infer", new byte[2001]);

        (within, WireClient.ErrorOf(read)).ShouldBe((HttpStatusCode.BadRequest, "invalid-json"));
        (beyond, WireClient.ErrorOf(refused)).ShouldBe((HttpStatusCode.RequestEntityTooLarge, "payload-too-large"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_LongerThanItMay_EndsWithRunnerTimeoutAndTheModelStops(bool beforeTheFirstToken)
    {
        await using var federation = await TestFederation.StartAsync();
        var runner = new ScriptedRunner { StallAt = beforeTheFirstToken ? 0 : 2 };
        await federation.AddNodeAsync(runner, new NodeOptions { MaxRuntimeMs = 1000 });
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());

        var (status, body) = await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest);

        (status, WireClient.ErrorOf(body)).ShouldBe((HttpStatusCode.GatewayTimeout, "runner-timeout"));
        await runner.Cancelled.WaitAsync(Patience.Limit);
    }
}
