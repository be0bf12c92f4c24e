using FedAi.Daemon.Cli;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("nope")]
    [InlineData("run", "--dta", "x")]
    [InlineData("metering", "verify")]
    [InlineData("metering", "verify", "no-such-file")]
    [InlineData("config", "check", "--set", "zebra=1")]
    [InlineData("config", "check", "--config", "no-such-file")]
    [InlineData("ask", "hello", "--url", "ftp://example.org")]
    [InlineData("gateway", "--listen", "0.0.0.0:8484")]
    [InlineData("relays", "--aggregators", "ftp://relays.example")]
    [InlineData("relays", "--aggregators", "https://relays.example", "--trust-scores", "nonsense")]
    public async Task Command_WrongUse_EndsWith2AndSaysWhatToDo(params string[] arguments)
    {
        var result = await Fedai.RunAsync(arguments);

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBe("");
        result.Errors.ShouldStartWith("fedai: ");
    }

    [Fact]
    public async Task Help_NamesEveryCommand()
    {
        var help = (await Fedai.RunAsync("--help")).Output;

        FedAiCommand.Names.Count.ShouldBeGreaterThan(15);
        foreach (var command in FedAiCommand.Names)
        {
            help.ShouldContain($"\n  {command} ");
            (await Fedai.RunAsync(command, "--help")).ExitCode.ShouldBe(0, command);
        }
    }

    [Fact]
    public async Task ConfigShow_WithOrigin_TellsWhereEachValueIsFrom()
    {
        await File.WriteAllTextAsync(folder.File("fedai.json"), """{ "network": "test" }""");

        var result = await Fedai.RunAsync("config", "show", "--origin", "--json", "--data", folder.Path, "--set", "node.maxTokens=7");

        var shown = System.Text.Json.Nodes.JsonNode.Parse(result.Output)!;
        shown["network"]!.ToJsonString().ShouldBe($$"""{"value":"test","origin":"{{folder.File("fedai.json")}}"}""");
        shown["node.maxTokens"]!.ToJsonString().ShouldBe("""{"value":7,"origin":"flag node.maxTokens"}""");
        shown["http.listen"]!.ToJsonString().ShouldBe("""{"value":null,"origin":"default"}""");
        (await Fedai.RunAsync("config", "show", "--data", folder.Path)).Output.ShouldContain("network  ");
    }

    [Fact]
    public async Task ConfigCheck_GoodConfiguration_IsOk()
    {
        await File.WriteAllTextAsync(folder.File("fedai.json"), """{ "network": "test" }""");

        var result = await Fedai.RunAsync("config", "check", "--data", folder.Path);

        (result.ExitCode, result.Output.Trim(), result.Errors).ShouldBe((0, "ok", ""));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("metering", "summary")]
    public async Task Command_NoDaemonRuns_EndsWith75AndSaysHowToStartOne(params string[] arguments)
    {
        var result = await Fedai.RunAsync([.. arguments, "--data", folder.Path]);

        result.ExitCode.ShouldBe(75);
        result.Errors.ShouldContain("fedai run");
    }

    [Fact]
    public async Task Relay_Alone_NeedsNoFolder()
    {
        await using var relay = await FedaiProcess.StartAsync(Fedai.Executable, ["relay", "--listen", "127.0.0.1:0", "--data", folder.File("none")], CancellationToken.None);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Accept", "application/nostr+json");

        (await http.GetStringAsync(new Uri(relay.Url, "relay"))).ShouldContain("supported_nips");
        Directory.Exists(folder.File("none")).ShouldBeFalse();
    }
}
