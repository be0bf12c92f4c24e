using System.Text.Json.Nodes;
using FedAi.Daemon.Capability;
using FedAi.Daemon.Cli;

namespace FedAi.Tests.Daemon.Cli;

public sealed class DoctorRulesTests
{
    private const string Node = """
        {"role":"node","version":"1","network":"main","models":["m"],"services":[{"name":"A","state":"running"}],
         "runner":{"name":"llama","health":{"ok":true,"detail":null},"restarts":0,"isolation":"bubblewrap","notDenied":[]},
         "routers":{"npub1a":"registered"},"relays":[{"url":"wss://a/","state":"connected","problem":null,"clockAheadMs":200}]}
        """;

    [Fact]
    public void Judge_HealthyNode_FindsNothingWrong() =>
        Judge(Node, """{"reach":[{"router":"npub1a","way":"reverse","reachable":true,"reason":null,"seenAs":null}]}""").ShouldAllBe(finding => finding.Ok);

    [Theory]
    [InlineData("\"registered\"", "\"node-not-allowed\"", "router", "filter.follow")]
    [InlineData("\"registered\"", "\"ts-out-of-window\"", "router", "clock")]
    [InlineData("\"registered\"", "\"private-address-blocked\"", "router", "http.publicEndpoint")]
    [InlineData("{\"npub1a\":\"registered\"}", "{}", "routers", "node.routers")]
    [InlineData("\"models\":[\"m\"]", "\"models\":[]", "model", "runner.modelPath")]
    [InlineData("bubblewrap", "rlimits", "cage", "bubblewrap")]
    [InlineData("\"running\"", "\"failed\"", "daemon", "log")]
    [InlineData("\"connected\"", "\"waiting\"", "relays", "relays.bootstrap")]
    [InlineData("200", "-45000", "clock", "timedatectl")]
    public void Judge_OneThingWrong_SaysWhatAndTheNextStep(string good, string bad, string about, string next)
    {
        var wrong = Judge(Node.Replace(good, bad, StringComparison.Ordinal)).Where(finding => !finding.Ok).ShouldHaveSingleItem();

        wrong.About.ShouldBe(about);
        wrong.Next!.ShouldContain(next);
    }

    [Theory]
    [InlineData("direct", "node-unreachable", "firewall")]
    [InlineData("direct", "node-response-key-mismatch", "another program")]
    [InlineData("reverse", "node-not-allowed", "filter.follow")]
    [InlineData("outward", "router-unreachable", "the router runs")]
    public void Judge_NotReached_SaysWhyAndTheNextStep(string way, string reason, string next)
    {
        var wrong = Judge(Node, $$"""{"reach":[{"router":"npub1a","way":"{{way}}","reachable":false,"reason":"{{reason}}","seenAs":"8.8.8.8"}]}""").Where(finding => !finding.Ok).ShouldHaveSingleItem();

        wrong.Says.ShouldContain(reason);
        wrong.Next!.ShouldContain(next);
        if (way == "direct") wrong.Says.ShouldContain("8.8.8.8");
    }

    [Fact]
    public void Judge_OneOfTwoRelaysDown_IsWellAndTold() =>
        Judge(Node.Replace("[{\"url\"", """[{"url":"wss://b/","state":"waiting","problem":"refused","clockAheadMs":null},{"url" """.TrimEnd(), StringComparison.Ordinal))
            .Single(finding => finding.About == "relays").ShouldBe(new Finding("relays", true, "1 of 2 connected; wss://b/: refused"));

    [Fact]
    public void Judge_GatewayThatKnowsNobody_PointsAtItsRelays() =>
        Judge("""{"role":"gateway","network":"main","routers":[],"models":[],"relays":[],"services":[]}""").Where(finding => !finding.Ok)
            .Select(finding => finding.About).ShouldBe(["routers", "relays"]);

    [Theory]
    [InlineData("""{"url":"https://d/","relays":null,"problem":"sends no JSON"}""", false, "relays.directories")]
    [InlineData("""{"url":"https://d/","relays":3,"problem":null}""", true, null)]
    [InlineData("""{"url":"https://d/","relays":null,"problem":null}""", true, null)]
    [InlineData("""{"url":"https://d/","relays":3,"problem":null},{"url":"https://e/","relays":null,"problem":"is down"}""", true, null)]
    public void Judge_Directories_SayWhoDoesNotAnswer(string directories, bool ok, string? next)
    {
        foreach (var role in (string[])[Node, """{"role":"gateway","network":"main","routers":[],"models":[],"relays":[],"services":[]}"""])
        {
            var findings = Judge($$"""{"directories":[{{directories}}],{{role.TrimStart()[1..]}}""");

            var about = findings.Single(finding => finding.About == "directories");
            about.Ok.ShouldBe(ok);
            if (next is not null) about.Next!.ShouldContain(next);
            if (directories.Contains("down", StringComparison.Ordinal)) about.Says.ShouldBe("1 of 2 name 3 relays; https://e/ is down");
            if (role != Node) findings.Single(finding => finding.About == "relays").Says.ShouldContain("found yet", customMessage: "a directory is named, so a relay need not be");
        }
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public void Judge_RouterAnnouncedToFewerRelaysThanWanted_SaysSo(int relays, bool ok)
    {
        var router = $$"""{"role":"router","version":"1","network":"main","npub":"npub1r","nodes":{"active":1,"total":1,"connected":0},"listen":["https://8.8.8.8:8480/"],"services":[],"announced":{"relays":{{relays}},"quorum":2,"withheld":0},"relays":[{"url":"wss://a/","state":"connected","problem":null,"clockAheadMs":0}]}""";

        var finding = Judge(router).Single(finding => finding.About == "announced");

        finding.Ok.ShouldBe(ok);
        if (!ok) finding.Next!.ShouldContain("relays.publish");
        if (!ok) Judge(router.Replace("\"withheld\":0", "\"withheld\":1", StringComparison.Ordinal)).Single(finding => finding.About == "announced").Next!.ShouldContain("http.publicEndpoint");
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("roles")]
    public void Judge_NodeWithoutAModelsFile_NeedsNoCage(string runner) =>
        Judge(Node.Replace("\"llama\"", $"\"{runner}\"", StringComparison.Ordinal).Replace("bubblewrap", "none", StringComparison.Ordinal)).ShouldAllBe(finding => finding.Ok);

    [Theory]
    [InlineData("unshare")]
    [InlineData("rlimits")]
    [InlineData("none")]
    public void Judge_CageThatLetsTheKeyBeRead_IsWrong(string cage) =>
        Judge(Node.Replace("bubblewrap", cage, StringComparison.Ordinal)).Where(finding => !finding.Ok).ShouldHaveSingleItem().Says.ShouldContain("key");

    [Theory]
    [InlineData(null, null, 0, null, "")]                                         // no GPU
    [InlineData("intel", "the build is missing", 0, null, "")]                    // none that llama.cpp's builds here know
    [InlineData("nvidia", "the build is missing: get it", 0, true, "the build is missing: get it")]
    [InlineData("nvidia", null, 0, false, "no layer")]
    [InlineData("nvidia", null, 33, true, "all it needs")]
    [InlineData("nvidia", null, null, true, "all it needs")]                      // no node runs
    public void Gpu_OfThisMachine_IsExplained(string? vendor, string? missing, int? layers, bool? ok, string says)
    {
        var status = layers is null ? null : JsonNode.Parse(Node.Replace("\"restarts\":0", $"\"restarts\":0,\"gpuLayers\":{layers}", StringComparison.Ordinal));
        var finding = DoctorRules.Gpu(new GpuProfile { Vendor = vendor, Runtime = new GpuRuntime(false, false) }, wanted: null, missing, status);

        (finding?.Ok).ShouldBe(ok);
        (finding?.Says ?? "").ShouldContain(says);
    }

    [Fact]
    public void Gpu_LayersWereAskedFor_WhatIsMissingIsWrong()
    {
        var gpu = new GpuProfile { Vendor = "nvidia", Runtime = new GpuRuntime(false, false) };

        DoctorRules.Gpu(gpu, wanted: 20, "the library is missing: get it", status: null)!.Ok.ShouldBeFalse();
        DoctorRules.Gpu(gpu, wanted: 0, "the library is missing: get it", status: null)!.Ok.ShouldBeTrue();
    }

    [Fact]
    public void Gpu_ModelThatDidNotLoadThere_SaysWhy()
    {
        var status = JsonNode.Parse(Node.Replace("\"detail\":null", "\"detail\":\"On the GPU: no room\"", StringComparison.Ordinal));

        DoctorRules.Gpu(new GpuProfile { Vendor = "nvidia", Runtime = new GpuRuntime(true, false) }, wanted: null, missing: null, status)!.Says.ShouldEndWith("On the GPU: no room");
    }

    private static List<Finding> Judge(string status, string? doctor = null) => [.. DoctorRules.Judge(JsonNode.Parse(status)!, doctor is null ? null : JsonNode.Parse(doctor))];
}
