using FedAi.Daemon.Cli;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Router;
using FedAi.Daemon.Capability;
using FedAi.Protocol.Crypto;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.Tests.Daemon.Node;

public sealed class OwnManifestTests
{
    [Fact]
    public async Task Show_FileWrittenAnewWhileItRuns_IsWhatTheRouterGoesBy()
    {
        using var folder = new TempFolder();
        using var key = KeyPair.Generate();
        await using var federation = await TestFederation.StartAsync();
        void Write(int promptBytes, long nowMs) => OwnManifestFile.Write(folder.Path, Role.Node, key, new FedAiOptions { Node = new NodeOptions { MaxPromptBytes = promptBytes } }, new ManifestFacts { Version = "1", NowMs = nowMs });
        Write(1000, WireClient.Now);
        var options = new FedAiOptions { Node = new NodeOptions { Routers = [$"{federation.Router.Key.PublicKey.Npub}@{federation.Router.Base}"] } };
        await using var node = await TestDaemon.StartAsync(Role.Node, options, services => services.AddSingleton<IRunner>(new ScriptedRunner()), key, folder.Path);
        NodeClaim? Claim() => federation.Directory.Find(key.PublicKey)?.Claim;
        await Patience.UntilAsync(() => Claim()?.MaxPayloadBytes == 1000);

        Write(2000, WireClient.Now + 1);
        node.Services.GetRequiredService<NodeOffer>().Changed();

        await Patience.UntilAsync(() => Claim()?.MaxPayloadBytes == 2000);
    }
}
