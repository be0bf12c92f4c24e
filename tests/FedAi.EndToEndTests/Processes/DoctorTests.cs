using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>fedai doctor as an operator runs it, before real daemons.</summary>
public sealed class DoctorTests
{
    private static CancellationToken Limit => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public async Task Doctor_EmptyFolder_SaysHowToBegin()
    {
        await using var federation = new ProcessFederation(Fedai.Executable);

        var result = await federation.CommandAsync(Limit, "doctor", "--data", federation.Data("nothing"));

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("fedai keys new");
    }

    [Fact]
    public async Task Doctor_ConfigWithMistakes_ListsThem()
    {
        await using var federation = new ProcessFederation(Fedai.Executable);

        var result = await federation.CommandAsync(Limit, "doctor", "--data", federation.Data("nothing"), "--set", "http.listen=0.0.0.0:1", "--set", "node.routers=nobody");

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("http.tls.mode");
        result.Output.ShouldContain("node.routers");
    }

    [Fact]
    public async Task Doctor_NodeBeforeAndAfterItsRouterDies_TellsTheDifference()
    {
        await using var federation = new ProcessFederation(Fedai.Executable);
        var router = await federation.StartRouterAsync(Limit);
        await federation.StartNodeAsync(router, DemoModel.Path, Limit);

        var well = await AskAsync(federation, findings => Of(findings, "router").All(Ok) && Of(findings, "model").All(Ok));
        Of(well, "reach").ShouldHaveSingleItem()["says"]!.ToString().ShouldContain("reached this daemon");
        Of(well, "key").ShouldAllBe(finding => Ok(finding));
        Of(well, "library").Count(Ok).ShouldBe(3);
        Of(well, "folder").ShouldAllBe(finding => Ok(finding));

        await router.KillAsync(Limit);
        var ill = await AskAsync(federation, findings => !Of(findings, "router").All(Ok));

        Of(ill, "router").ShouldHaveSingleItem()["next"]!.ToString().ShouldContain("check that the router runs");
        Ok(Of(ill, "reach").ShouldHaveSingleItem()).ShouldBeFalse();
        (await federation.CommandAsync(Limit, "doctor", "--data", federation.Data("node"))).ExitCode.ShouldBe(1);
    }

    /// <summary>Asks until it is so: a node registers, and notices, in its own time.</summary>
    private static async Task<JsonArray> AskAsync(ProcessFederation federation, Func<JsonArray, bool> until)
    {
        var limit = Limit;
        while (true)
        {
            var result = await federation.CommandAsync(limit, "doctor", "--data", federation.Data("node"), "--json");
            var findings = JsonNode.Parse(result.Output)!["findings"]!.AsArray();
            if (until(findings)) return findings;
        }
    }

    private static List<JsonNode> Of(JsonArray findings, string about) => [.. findings.OfType<JsonNode>().Where(finding => (string?)finding["about"] == about)];

    private static bool Ok(JsonNode finding) => (bool)finding["ok"]!;
}
