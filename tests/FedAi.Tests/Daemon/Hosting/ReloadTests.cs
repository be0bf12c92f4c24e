using FedAi.Daemon.Accounts;
using FedAi.Daemon.Gateway;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.Daemon.Peering;
using FedAi.Daemon.Router;
using FedAi.Daemon.Trust;
using FedAi.Protocol.Crypto;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class ReloadTests
{
    [Fact]
    public async Task Run_Router_TakesListsLimitsAndLevel()
    {
        using var bad = KeyPair.Generate();
        var options = new FedAiOptions();
        await using var router = await TestDaemon.StartAsync(Role.Router, options, reread: () => Task.FromResult(new OptionsResult(options, [])));
        var (trust, reload) = (router.Services.GetRequiredService<TrustScores>(), router.Services.GetRequiredService<Reload>());
        trust.Judge(bad.PublicKey).ShouldBe(PeerStanding.Stranger);

        options = options with { Filter = new FilterOptions { Block = [bad.PublicKey.Npub] }, Api = new ApiOptions { Rps = 99 }, Router = new RouterOptions { Admit = new AdmitOptions { Clients = Admit.Listed } }, Log = new LogOptions { Level = LogLevel.Error } };
        var (plan, _) = await reload.RunAsync();

        plan!.Applied.ShouldBe(["filter.block", "api.rps", "router.admit.clients", "log.level"], ignoreOrder: true);
        trust.Judge(bad.PublicKey).ShouldBe(PeerStanding.Blocked);
        router.Services.GetRequiredService<WebOfTrust>().Explain(FedAi.Protocol.Nostr.Hex32.From(bad.PublicKey)).Lists.ShouldNotBeEmpty();
        router.Services.GetRequiredService<ApiKeys>().Defaults.Rps.ShouldBe(99);
        router.Services.GetRequiredService<RouterAdmission>().Options.Clients.ShouldBe(Admit.Listed);
        router.Services.GetRequiredService<Serilog.Core.LoggingLevelSwitch>().MinimumLevel.ShouldBe(Serilog.Events.LogEventLevel.Error);
    }

    [Theory]
    [InlineData(NodeReach.Direct)]
    [InlineData(NodeReach.Reverse)]
    public async Task Run_RouterBlocksANodeThatServesIt_IsUsedNoMore(object reach)
    {
        var options = new FedAiOptions();
        await using var router = await TestDaemon.StartAsync(Role.Router, options, reread: () => Task.FromResult(new OptionsResult(options, [])));
        await using var node = await TestDaemon.StartAsync(Role.Node, new FedAiOptions { Node = new NodeOptions { Routers = [$"{router.Key.PublicKey.Npub}@{router.Base}"], Reach = (NodeReach)reach } },
            services => services.AddSingleton<IRunner>(new ScriptedRunner()));
        var (nodes, channels) = (router.Services.GetRequiredService<NodeDirectory>(), router.Services.GetRequiredService<NodeChannels>());
        await Patience.UntilAsync(() => nodes.Find(node.Key.PublicKey) is { Descriptor.Capabilities.Count: > 0 });
        channels.Open.ShouldBe((NodeReach)reach == NodeReach.Reverse ? 1 : 0);

        options = options with { Filter = new FilterOptions { Block = [node.Key.PublicKey.Npub] } };
        await router.Services.GetRequiredService<Reload>().RunAsync();

        nodes.Current.ShouldBeEmpty();
        await Patience.UntilAsync(() => channels.Open == 0);
    }

    [Theory]
    [InlineData(nameof(Role.Router))]
    [InlineData(nameof(Role.Gateway))]
    public async Task Reach_BlockedRouter_IsNotDialledByDoctor(string role)
    {
        using var blocked = KeyPair.Generate();
        await using var daemon = await TestDaemon.StartAsync(Enum.Parse<Role>(role), new FedAiOptions { Filter = new FilterOptions { Block = [blocked.PublicKey.Npub] } });
        daemon.Services.GetRequiredService<RouterDirectory>().Observe(AnnouncedRouter.At(blocked.PublicKey, new Uri("http://127.0.0.1:1/"), WireClient.Now, "m")).ShouldBeTrue();

        (role == nameof(Role.Router) ? await RouterModule.ReachAsync(daemon.Services, default) : await GatewayModule.ReachAsync(daemon.Services, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_ConfigurationWithProblems_ChangesNothingAndTellsAll()
    {
        await using var router = await TestDaemon.StartAsync(Role.Router, reread: () => Task.FromResult(OptionsReader.Read("""{"api":{"rps":0},"filter":{"mute":["x"]},"log":{"level":"loud"}}""", "fedai.json", [], [])));

        var (plan, problems) = await router.Services.GetRequiredService<Reload>().RunAsync();

        plan.ShouldBeNull();
        problems.Count.ShouldBe(3);
        router.Services.GetRequiredService<ApiKeys>().Defaults.Rps.ShouldBe(5);
    }

    [Fact]
    public async Task Run_Node_TakesServersAndLimitsAndTellsRoutersOfThem()
    {
        await using var one = await ScriptedServer.StartAsync();
        await using var other = await ScriptedServer.StartAsync();
        other.Models = """{"data":[{"id":"n"}]}""";
        var options = new FedAiOptions { Runner = new RunnerOptions { Kind = RunnerKind.OpenAi, Upstreams = [new UpstreamOptions { Url = one.Base.ToString() }] } };
        await using var node = await TestDaemon.StartAsync(Role.Node, options, reread: () => Task.FromResult(new OptionsResult(options, [])));
        var runner = node.Services.GetRequiredService<IRunner>();
        await Patience.UntilAsync(() => runner.Models is [{ Id: "m" }]);
        var reload = node.Services.GetRequiredService<Reload>();

        options = options with { Runner = options.Runner with { Upstreams = [new UpstreamOptions { Url = other.Base.ToString(), ApiKeyFile = "/nowhere/key" }] } };
        (await reload.RunAsync()).Problems.ShouldHaveSingleItem().ShouldContain("/nowhere/key");
        runner.Models.ShouldHaveSingleItem().Id.ShouldBe("m");

        options = options with { Node = options.Node with { MaxTokens = 77, MaxConcurrency = 2 }, Runner = options.Runner with { Upstreams = [new UpstreamOptions { Url = other.Base.ToString() }] } };
        var changed = node.Services.GetRequiredService<NodeOffer>().NextChange();
        (await reload.RunAsync()).Plan!.Applied.ShouldBe(["node.maxConcurrency", "node.maxTokens", "runner.upstreams"], ignoreOrder: true);

        await Patience.UntilAsync(() => runner.Models is [{ Id: "n" }]);
        await changed.WaitAsync(Patience.Limit);
        node.Services.GetRequiredService<NodeIdentity>().Limits.MaxTokens.ShouldBe(77);
        node.Services.GetRequiredService<CapacityGate>().MaxConcurrency.ShouldBe(2);
    }

    [Fact]
    public async Task Run_ModelPutIntoTheFolder_IsServedWithoutARestart()
    {
        using var folder = new TempFolder();
        var options = new FedAiOptions { Runner = new RunnerOptions { ContextTokens = 256, Slots = 1 } };
        await using var node = await TestDaemon.StartAsync(Role.Node, options, dataFolder: folder.Path, reread: () => Task.FromResult(new OptionsResult(options, [])));
        var runner = node.Services.GetRequiredService<IRunner>();
        runner.Models.ShouldBeEmpty();
        runner.Status.Detail!.ShouldContain("fedai models pull");

        Directory.CreateDirectory(folder.File("models"));
        File.Copy(DemoModel.Path, Path.Combine(folder.File("models"), "small.gguf"));
        (await node.Services.GetRequiredService<Reload>().RunAsync()).Problems.ShouldBeEmpty();

        await Patience.UntilAsync(() => runner.Models is [{ Id: "small" }]);
        // The same once more changes nothing: its process stays.
        var pid = runner.Status.Pid;
        await node.Services.GetRequiredService<Reload>().RunAsync();
        runner.Status.Pid.ShouldBe(pid);
    }
}
