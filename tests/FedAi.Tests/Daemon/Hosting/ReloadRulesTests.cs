using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using Microsoft.Extensions.Logging;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class ReloadRulesTests
{
    private static readonly FedAiOptions Llama = new();
    private static readonly FedAiOptions Servers = new() { Runner = new RunnerOptions { Kind = RunnerKind.OpenAi, Upstreams = [new UpstreamOptions { Url = "http://127.0.0.1:1/v1" }] } };

    [Fact]
    public void Plan_NothingChanged_IsNothing()
    {
        var plan = ReloadRules.Plan(Servers, Servers with { });

        (plan.Applied.Count, plan.NeedRestart.Count).ShouldBe((0, 0));
    }

    [Fact]
    public void Plan_ManyChanges_AreTakenOrWaitAndWhatWaitsKeepsItsValue()
    {
        var read = Llama with
        {
            Http = Llama.Http with { MaxRequestBytes = 2048 },
            Filter = Llama.Filter with { Block = ["79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"] },
            Log = Llama.Log with { Level = LogLevel.Debug, Format = LogFormat.Json },
            Node = Llama.Node with { MaxTokens = 7, Region = "EU" },
            Runner = Llama.Runner with { Slots = 2 },
        };

        var plan = ReloadRules.Plan(Llama, read);

        plan.Applied.ShouldBe(["filter.block", "node.maxTokens", "runner.slots", "log.level"], ignoreOrder: true);
        plan.NeedRestart.ShouldBe(["http.maxRequestBytes", "node.region", "log.format"], ignoreOrder: true);
        (plan.Running.Node.MaxTokens, plan.Running.Node.Region, plan.Running.Log.Level, plan.Running.Log.Format, plan.Running.Http.MaxRequestBytes).ShouldBe((7, null, LogLevel.Debug, LogFormat.Text, Llama.Http.MaxRequestBytes));
        // What waits is told again the next time.
        ReloadRules.Plan(plan.Running, read).NeedRestart.ShouldBe(plan.NeedRestart);
        ReloadRules.Plan(plan.Running, read).Applied.ShouldBeEmpty();
    }

    [Fact]
    public void Plan_Servers_AreTakenWhereServersRunAndNowhereElse()
    {
        var other = new[] { new UpstreamOptions { Url = "http://127.0.0.1:2/v1" } };

        ReloadRules.Plan(Servers, Servers with { Runner = Servers.Runner with { Upstreams = other } }).Applied.ShouldBe(["runner.upstreams"]);
        ReloadRules.Plan(Llama, Llama with { Runner = Llama.Runner with { Upstreams = other } }).NeedRestart.ShouldBe(["runner.upstreams"]);
        ReloadRules.Plan(Servers, Llama).NeedRestart.ShouldBe(["runner.kind", "runner.upstreams"], ignoreOrder: true);
    }

    [Fact]
    public void Plan_KeysThatItNames_AreOptions()
    {
        var known = OptionsReader.Values(Llama).Select(option => option.Key).ToHashSet();

        ReloadRules.Live(RunnerKind.Llama).Concat(ReloadRules.Live(RunnerKind.OpenAi)).Where(key => !known.Contains(key)).ShouldBeEmpty();
    }
}
