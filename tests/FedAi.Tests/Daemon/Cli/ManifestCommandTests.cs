using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Cli;

public sealed class ManifestCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("node")]
    [InlineData("router")]
    public async Task Verify_WhatWasWritten_IsValidUntilAByteChanges(string role)
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        var written = await Fedai.RunAsync("manifest", "--write", "--role", role, "--data", folder.Path);
        var path = written.Output.Trim();
        path.ShouldBe(folder.File($"{role}.manifest.json"));

        var valid = await Fedai.RunAsync("manifest", "verify", path);
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("cpu_low", "cpu_mid", StringComparison.Ordinal));
        var changed = await Fedai.RunAsync("manifest", "verify", path);

        valid.ExitCode.ShouldBe(0);
        valid.Output.ShouldStartWith("valid: ");
        changed.ExitCode.ShouldBe(1);
        changed.Output.ShouldStartWith("invalid: ");
    }

    [Fact]
    public async Task Write_SoftwareVersion_IsTheExecutables()
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        await Fedai.RunAsync("manifest", "--write", "--role", "node", "--data", folder.Path, "--set", "node.maxTokens=77");

        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(folder.File("node.manifest.json")))!;

        manifest["software_version"]!.GetValue<string>().ShouldBe((await Fedai.RunAsync("--version")).Output.Trim());
        manifest["limits"]!["max_tokens"]!.GetValue<int>().ShouldBe(77);
    }

    [Fact]
    public async Task Write_PromotedRouter_StaysPromoted()
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        string[] write = ["manifest", "--write", "--role", "router", "--data", folder.Path];
        var path = (await Fedai.RunAsync(write)).Output.Trim();
        IdentityFile.TryRead(folder.Path, out var key, out _).ShouldBeTrue();
        using (key)
        {
            var first = Manifests.Open(await File.ReadAllBytesAsync(path), ProtocolJson.Default.RouterManifest).Manifest!;
            first.RouterMode.ShouldBe("probation");
            await File.WriteAllBytesAsync(path, Manifests.Sign(first with { RouterMode = "normal", Signature = null }, ProtocolJson.Default.RouterManifest, key, (long)first.IssuedAtMs! + 1));
        }

        (await Fedai.RunAsync([.. write, "--set", "router.maxConcurrentJobs=7"])).ExitCode.ShouldBe(0);

        var again = Manifests.Open(await File.ReadAllBytesAsync(path), ProtocolJson.Default.RouterManifest).Manifest!;
        (again.RouterMode, again.Limits.MaxConcurrentJobs).ShouldBe(("normal", 7));
    }

    [Fact]
    public async Task Verify_SignatureInAFileOfItsOwn_HoldsAloneAndIsRefusedWhereBothDiffer()
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        var path = (await Fedai.RunAsync("manifest", "--write", "--role", "node", "--detached", "--data", folder.Path)).Output.Trim();
        var text = await File.ReadAllTextAsync(path);
        (await Fedai.RunAsync("manifest", "verify", path)).ExitCode.ShouldBe(0);

        var bare = JsonNode.Parse(text)!.AsObject();
        bare.Remove("signature");
        await File.WriteAllTextAsync(path, bare.ToJsonString());
        (await Fedai.RunAsync("manifest", "verify", path)).ExitCode.ShouldBe(0, "the one beside it");
        bare["limits"]!["max_tokens"] = 1;
        await File.WriteAllTextAsync(path, bare.ToJsonString());
        (await Fedai.RunAsync("manifest", "verify", path)).ExitCode.ShouldBe(1);

        await File.WriteAllTextAsync(path, text);
        await File.WriteAllTextAsync(path + ".sig", (await File.ReadAllTextAsync(path + ".sig")).Replace("\"signature\":\"", "\"signature\":\"AA", StringComparison.Ordinal));
        var differ = await Fedai.RunAsync("manifest", "verify", path);
        (differ.ExitCode, differ.Output.Contains("differ", StringComparison.Ordinal)).ShouldBe((1, true));
    }

    [Theory]
    [InlineData("node")]
    [InlineData("router")]
    public async Task Write_WithFlagsAboutRelays_HoldsWhatWasFoundAndHow(string role)
    {
        await using var directory = await DirectoryServer.StartAsync(DirectoryServer.Text("""["wss://a.example",{"url":"b.example","score":9}]"""));
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        string[] write = ["manifest", "--write", "--role", role, "--data", folder.Path, "--bootstrap", "wss://boot.example", "--aggregators", directory.Url.ToString(), "--trust-scores", "a.example=3", "--min-score", "2", "--max-results", "3"];

        var written = await Fedai.RunAsync(write);

        written.ExitCode.ShouldBe(0, written.Errors);
        var found = JsonNode.Parse(await File.ReadAllTextAsync(written.Output.Trim()))!["relay_discovery"]!;
        ((long)found["discoveredAtMs"]!).ShouldBeInRange(before, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        found["relays"]!.AsArray().Select(relay => (string)relay!["url"]!).ShouldBe(["wss://b.example/", "wss://a.example/", "wss://boot.example/"]);
        var options = found["options"]!;
        options["bootstrapRelays"]!.ToJsonString().ShouldContain("boot.example");
        options["aggregatorUrls"]!.ToJsonString().ShouldContain(directory.Url.ToString());
        ((double)options["trustScores"]!.AsObject().Single().Value!, (double)options["minScore"]!, (int)options["maxResults"]!).ShouldBe((3, 2, 3));
        (await Fedai.RunAsync("manifest", "verify", written.Output.Trim())).ExitCode.ShouldBe(0);

        var asked = directory.Asked;
        (await Fedai.RunAsync([.. write, "--skip-relays"])).ExitCode.ShouldBe(0);
        directory.Asked.ShouldBe(asked, "nobody is asked");
        JsonNode.Parse(await File.ReadAllTextAsync(written.Output.Trim()))!["relay_discovery"].ShouldBeNull();
    }

    [Fact]
    public async Task Write_OfARouter_HoldsWhatItsOptionsAndBenchmarkSay()
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        async Task<JsonNode> WriteAsync(params string[] more)
        {
            var written = await Fedai.RunAsync(["manifest", "--write", "--role", "router", "--data", folder.Path, .. more]);
            written.ExitCode.ShouldBe(0, written.Errors);
            return JsonNode.Parse(await File.ReadAllTextAsync(written.Output.Trim()))!;
        }

        var unmeasured = await WriteAsync();
        ((double)unmeasured["limits"]!["max_qps"]!, (double)unmeasured["limits"]!["max_concurrent_jobs"]!, (string?)unmeasured["audit_mode"], unmeasured["policies_enabled"]!.ToJsonString()).ShouldBe((100_000, 1024, "basic", """["rate_limit","allowlist"]"""));

        await File.WriteAllTextAsync(folder.File("b.json"), """{"suite":"router","seed":1,"timestampMs":1,"durationMs":150000,"short":false,"partial":false,"checksum":"ab","softwareVersion":"1","figures":[{"name":"router.requests","unit":"/s","median":1290,"spreadPermille":1,"rounds":5}]}""");
        var measured = await WriteAsync("--bench", folder.File("b.json"), "--set", "audit.mode=off", "--set", "router.policies=rate_limit", "--set", "http.maxRequestBytes=5000");
        ((double)measured["limits"]!["max_qps"]!, (double)measured["limits"]!["max_payload_bytes"]!, (string?)measured["audit_mode"], measured["policies_enabled"]!.ToJsonString()).ShouldBe((1200, 5000, "off", """["rate_limit"]"""));

        ((double)(await WriteAsync("--bench", folder.File("b.json"), "--set", "router.maxRequestsPerSecond=7"))["limits"]!["max_qps"]!).ShouldBe(7);
    }

    [Theory]
    [InlineData("node", "verbose")]
    [InlineData("router", "normal")]
    [InlineData("router", "verbose")]
    public async Task Write_Again_KeepsWhatWasMeasuredAsFarAsItMayBeTold(string role, string mode)
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        await File.WriteAllTextAsync(folder.File("p.json"), (await Fedai.RunAsync("profile", "--json", "--offline", "--data", folder.Path)).Output.Replace("cpu_low", "cpu_mid", StringComparison.Ordinal));
        await File.WriteAllTextAsync(folder.File("b.json"), $$$"""{"suite":"{{{role}}}","seed":1,"timestampMs":1,"durationMs":150000,"short":false,"partial":false,"checksum":"ab","softwareVersion":"1","cpuScore":123456,"figures":[{"name":"router.requests","unit":"/s","median":1290,"spreadPermille":1,"rounds":5},{"name":"router.decision.p95","unit":"µs","median":700,"spreadPermille":1,"rounds":5}]}""");
        async Task<JsonNode> WriteAsync(params string[] more)
        {
            var written = await Fedai.RunAsync(["manifest", "--write", "--role", role, "--skip-relays", "--data", folder.Path, .. more]);
            written.ExitCode.ShouldBe(0, written.Errors);
            return JsonNode.Parse(await File.ReadAllTextAsync(written.Output.Trim()))!;
        }

        var measured = await WriteAsync("--profile", folder.File("p.json"), "--bench", folder.File("b.json"), "--set", $"privacy.mode={mode}");
        var again = await WriteAsync("--set", $"privacy.mode={mode}");
        var strict = await WriteAsync();
        await File.WriteAllTextAsync(folder.File($"{role}.manifest.json"), "damaged");
        var nothing = await WriteAsync();

        foreach (var member in new[] { "capability_bands", "benchmarks", "profile" }) JsonNode.DeepEquals(again[member], measured[member]).ShouldBeTrue(member);
        JsonNode.DeepEquals(strict["capability_bands"], measured["capability_bands"]).ShouldBeTrue();
        strict["profile"].ShouldBeNull();
        strict["benchmarks"]!.AsObject().Select(member => member.Key).ShouldBe(role == "node" ? ["durationMs", "partial", "short", "suite", "timestampMs"] : ["durationMs", "partial", "router.decision.p95", "router.requests", "short", "suite", "timestampMs"], ignoreOrder: true);
        nothing["benchmarks"].ShouldBeNull();
        if (role == "router") new[] { measured, again, strict, nothing }.Select(manifest => (double)manifest["limits"]!["max_qps"]!).ShouldBe([1200, 1200, 1200, 100_000]);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("manifest", "--write")]
    [InlineData("manifest", "--write", "--role", "gateway")]
    [InlineData("manifest", "verify", "no-such-file")]
    public async Task Manifest_WithoutWhatItNeeds_EndsWith2(params string[] arguments) => (await Fedai.RunAsync(arguments)).ExitCode.ShouldBe(2);
}
