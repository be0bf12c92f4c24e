using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Json;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>A node's places.</summary>
public sealed class CapacityTests
{
    [Fact]
    public async Task Infer_OneAfterTheOther_FindsTheOnlyPlaceFree()
    {
        await using var federation = await TestFederation.StartAsync();
        var node = await federation.AddNodeAsync(new ScriptedRunner(), new NodeOptions { MaxConcurrency = 1 });
        using var client = new WireClient(federation.Router.Base, KeyPair.Generate());

        for (var i = 0; i < 50; i++)
        {
            var (status, body) = await client.PostAsync("infer", WireClient.Ask(), ProtocolJson.Default.InferenceRequest);

            status.ShouldBe(System.Net.HttpStatusCode.OK, body);
            node.Services.GetRequiredService<CapacityGate>().Running.ShouldBe(0);
        }
    }
}
