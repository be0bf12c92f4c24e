using FedAi.Daemon.Node;
using FedAi.Protocol.Nostr;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FedAi.EndToEndTests.Peering;

/// <summary>A router that is told to stop says so to whoever reads its own relay, before it cuts them off.</summary>
public sealed class FarewellTests
{
    [Fact]
    public async Task Router_Sigterm_ReadersOfItsOwnRelayGetTheWithdrawals()
    {
        var limit = new CancellationTokenSource(Patience.Limit).Token;
        await using var federation = new ProcessFederation(Fedai.Executable);
        var router = await federation.StartRouterAsync(limit);
        using var reader = await NostrSocket.ConnectAsync(ProcessFederation.RelayOf(router));
        await reader.SendAsync(ClientFrame.WriteReq("all", [new NostrFilter { Kinds = new HashSet<int> { FedAiKinds.CapsAnnounce, FedAiKinds.StatusAnnounce } }]));
        var announced = new HashSet<string> { await AddressAsync(reader, withdrawn: false), await AddressAsync(reader, withdrawn: false) };
        announced.ShouldBe(["fedai:main:caps", "fedai:main:status"], ignoreOrder: true);

        var stopping = router.StopAsync(limit);

        var withdrawn = new HashSet<string> { await AddressAsync(reader, withdrawn: true), await AddressAsync(reader, withdrawn: true) };
        withdrawn.ShouldBe(announced, ignoreOrder: true);
        (await stopping).ShouldBe(0);
    }

    [Fact]
    public async Task Node_Withdraws_TheHostDoesNotTakeItForAFailureAndStop()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        var services = federation.Nodes[0].Services;
        var registration = services.GetRequiredService<RegistrationService>();
        // The node knows it a moment after the router does, and says goodbye to nobody before.
        await Patience.UntilAsync(() => services.GetRequiredService<RegistrationLog>().IsRegistered(federation.Router.Key.PublicKey));

        await registration.WithdrawAsync();

        registration.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue("a cancelled loop counts as failed until the host itself is stopping");
        services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested.ShouldBeFalse();
        federation.Directory.Current.ShouldHaveSingleItem().Descriptor.Capabilities.ShouldBeEmpty("and the router knows");
    }

    private static async Task<string> AddressAsync(System.Net.WebSockets.WebSocket reader, bool withdrawn)
    {
        var value = (await reader.ReceiveAsync("EVENT"))[2]!;
        var tags = value["tags"]!.AsArray().ToDictionary(tag => (string)tag![0]!, tag => (string)tag![1]!);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        (long.Parse(tags["exp"], null) <= now).ShouldBe(withdrawn);
        return tags["d"];
    }
}
