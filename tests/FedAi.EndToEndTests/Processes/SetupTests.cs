using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Rules;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Processes;

/// <summary>From an unknown machine to a daemon that works: <c>fedai setup</c> of the real executable, then what it set up, in processes of their own.</summary>
public sealed class SetupTests : IAsyncLifetime
{
    private readonly ProcessFederation federation = new(Fedai.Executable);
    private readonly CancellationTokenSource patience = new(TimeSpan.FromMinutes(3));

    private string Config => Path.Combine(federation.Data("node"), "fedai.json");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await federation.DisposeAsync();
        patience.Dispose();
    }

    [Fact]
    public async Task SetupNode_WithYes_EndsWithANodeThatServesBothSmallRoles()
    {
        var router = await federation.StartRouterAsync(patience.Token);
        var named = $"{await federation.NpubAsync("router", patience.Token)}@{router.Url}";

        var done = await SetupAsync("--skip-bench", "--router", named, "--json", "--set", "http.allowPrivate=loopback");
        await federation.RestartAsync("node", patience.Token);

        var json = JsonNode.Parse(done.Output)!;
        json["applied"]!["roles"]!.AsArray().Select(role => (string?)role).ShouldBe([RoleTypes.Prepost, RoleTypes.Policy]);
        ((string?)json["next"]).ShouldBe($"fedai run --data {federation.Data("node")}");
        (await AnswerAsync(router, RoleTypes.Prepost, """{"op":"sanitise","text":"a\u0007b"}""", (string)json["applied"]!["npub"]!)).ShouldBe("""{"text":"ab","removed":1}""");
        // As much as comes out of a role was to go in: not what a model beside it may answer.
        var text = string.Concat(Enumerable.Repeat("A line of a long document.\n", 100_000 / 27));
        var chunks = JsonNode.Parse(await AnswerAsync(router, RoleTypes.Prepost, new JsonObject { ["op"] = "chunk", ["text"] = text }.ToJsonString(), (string)json["applied"]!["npub"]!, maxTokens: 30_000))!["chunks"]!.AsArray();
        string.Concat(chunks.Select(chunk => (string?)chunk)).ShouldBe(text);
        (await AnswerAsync(router, RoleTypes.Policy, """{"op":"decide","subject":"me","allow":["me"]}""", (string)json["applied"]!["npub"]!)).ShouldContain("allow-list");
    }

    [Fact]
    public async Task SetupNode_ModelForcedPastTheGate_WarnsAndServesIt()
    {
        var router = await federation.StartRouterAsync(patience.Token);
        var named = $"{await federation.NpubAsync("router", patience.Token)}@{router.Url}";

        var done = await SetupAsync("--short", "--router", named, "--role", RoleTypes.LlmCpuSmall, "--model", DemoModel.Path, "--json", "--set", "node.gates.llmCpuMinRamGb=1000", "--set", "http.allowPrivate=loopback");
        await federation.RestartAsync("node", patience.Token);

        var json = JsonNode.Parse(done.Output)!;
        json["warnings"]!.AsArray().ShouldHaveSingleItem()!.GetValue<string>().ShouldContain("1000 GB of memory are needed");
        json["bench"]!["model"]!.AsArray().Count.ShouldBeGreaterThan(0);
        (await AnswerAsync(router, Path.GetFileNameWithoutExtension(DemoModel.Path), "What is a router?", (string)json["applied"]!["npub"]!)).Length.ShouldBeGreaterThan(0);
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(federation.Data("node"), "node.manifest.json"), patience.Token))!;
        manifest["benchmarks"].ShouldNotBeNull();
        manifest["role_types"]!.ToJsonString().ShouldBe("""["llm_cpu_small"]""");
    }

    [Fact]
    public async Task SetupNode_ModelPutIntoTheFolder_SaysWhyItIsNotServedAndKeepsItOnceItIs()
    {
        string[] more = ["--skip-bench", "--skip-relays", "--set", "node.gates.llmCpuMinRamGb=1000"];
        Directory.CreateDirectory(Path.Combine(federation.Data("node"), "models"));
        File.Copy(DemoModel.Path, Path.Combine(federation.Data("node"), "models", "small.gguf"));

        (await SetupAsync(more)).Output.ShouldContain("warning: the model is not served: 1000 GB of memory are needed");
        var forced = await SetupAsync([.. more, "--role", RoleTypes.LlmCpuSmall]);
        forced.Output.ShouldContain("roles     llm_cpu_small");
        var again = await SetupAsync([.. more, "--json"]);

        JsonNode.Parse(again.Output)!["applied"]!["roles"]!.ToJsonString().ShouldBe("""["llm_cpu_small"]""", "as the file has it");
        var config = JsonNode.Parse(await File.ReadAllTextAsync(Config, patience.Token))!;
        config["runner"]!["contextTokens"]!.GetValue<int>().ShouldBe(DemoModel.ContextTokens, "it was trained for no more");
        config["node"]!["maxTokens"]!.GetValue<int>().ShouldBe(DemoModel.ContextTokens / 2);
    }

    [Fact]
    public async Task SetupNode_Again_KeepsTheKeyAndWhatTheOperatorWrote()
    {
        await SetupAsync("--skip-bench");
        var npub = await federation.NpubAsync("node", patience.Token);
        var edited = "// my node\n" + (await File.ReadAllTextAsync(Config, patience.Token)).Replace("\"maxRoleBytes\": 131072", "\"maxRoleBytes\": 7777 /* enough */", StringComparison.Ordinal);
        await File.WriteAllTextAsync(Config, edited, patience.Token);

        var again = await SetupAsync("--skip-bench", "--set", "node.region=EU");

        again.Output.ShouldContain("node.maxRoleBytes stays as it stands");
        (await federation.NpubAsync("node", patience.Token)).ShouldBe(npub);
        var now = await File.ReadAllTextAsync(Config, patience.Token);
        now.ShouldContain("// my node");
        now.ShouldContain("\"maxRoleBytes\": 7777 /* enough */");
        now.ShouldContain("\"region\": \"EU\"");
        (await SetupAsync("--skip-bench", "--replace")).Output.ShouldContain("1 options set");
        (await File.ReadAllTextAsync(Config, patience.Token)).ShouldContain("\"maxRoleBytes\": 131072 /* enough */");
        (await federation.CommandAsync(patience.Token, "manifest", "verify", Path.Combine(federation.Data("node"), "node.manifest.json"))).ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData(2, "there is nobody to ask", "setup", "node")]
    [InlineData(2, "there is nobody to ask", "setup", "router", "--json")]
    [InlineData(2, "leave out --skip-bench", "setup", "router", "--yes", "--skip-bench")]
    [InlineData(2, "no role that this version serves", "setup", "node", "--yes", "--skip-bench", "--role", "llm_huge")]
    [InlineData(2, "there is no model to serve", "setup", "node", "--yes", "--skip-bench", "--role", "llm_cpu_small")]
    [InlineData(2, "there is no file", "setup", "node", "--yes", "--skip-bench", "--model", "no-such-file.gguf")]
    [InlineData(2, "node.routers: nonsense", "setup", "node", "--yes", "--skip-bench", "--router", "nonsense")]
    [InlineData(2, "unknown key node.maxTokns (did you mean node.maxTokens?)", "setup", "node", "--yes", "--skip-bench", "--set", "node.maxTokns=1")]
    public async Task Setup_ThatCannotBe_SaysWhyAndWritesNothing(int code, string words, params string[] arguments)
    {
        var result = await federation.CommandAsync(patience.Token, [.. arguments, "--data", federation.Data("node")]);

        result.ExitCode.ShouldBe(code);
        result.Errors.ShouldContain(words);
        Directory.Exists(federation.Data("node")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("node", "a-file/data")]
    [InlineData("router", "/proc/fedai")]
    public async Task Setup_PlaceThatCannotBeWritten_IsRefusedBeforeItMeasures(string role, string place)
    {
        await File.WriteAllTextAsync(federation.Data("a-file"), "", patience.Token);

        var result = await federation.CommandAsync(patience.Token, "setup", role, "--yes", "--data", federation.Data(place));

        result.ExitCode.ShouldBe(2, result.Errors);
        result.Errors.TrimEnd().Split('\n').ShouldHaveSingleItem().ShouldContain("name another place with --data");
        result.Errors.ShouldNotContain("bug");
    }

    [Theory]
    [InlineData("node", "--skip-relays")]
    [InlineData("router", "--set", "router.minimums.ssd=false", "--set", "router.minimums.maxJitterMs=0", "--set", "router.minimums.minUploadMbps=0", "--set", "router.minimums.ramGb=1", "--set", "router.minimums.arch=any", "--set", "router.minimums.avx2=false")]
    public async Task Setup_InterruptedWhileItMeasures_WritesNothing(string role, params string[] more)
    {
        var arch = (await federation.CommandAsync(patience.Token, "profile", "--offline", "--json", "--data", federation.Data(role))).Output;
        string[] arguments = ["setup", role, "--yes", "--data", federation.Data(role), .. more.Select(argument => argument.Replace("=any", $"={JsonNode.Parse(arch)!["hardware"]!["cpu"]!["arch"]}", StringComparison.Ordinal))];
        using var process = Process.Start(new ProcessStartInfo(Fedai.Executable, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        // Its first line comes when it measures.
        (await process.StandardError.ReadLineAsync(patience.Token)).ShouldNotBeNull();
        var errors = process.StandardError.ReadToEndAsync(patience.Token);

        Signals.Interrupt(process.Id);

        await process.WaitForExitAsync(patience.Token);
        (await errors).ShouldContain("interrupted: nothing was written");
        process.ExitCode.ShouldBe(1);
        Directory.GetFileSystemEntries(federation.Data(role)).ShouldBeEmpty();
    }

    [Fact]
    public async Task SetupRouter_OnAMachineThatMayNotBeOne_NamesEveryReasonAndWritesNothing()
    {
        var result = await federation.CommandAsync(patience.Token, "setup", "router", "--yes", "--json", "--data", federation.Data("router"), "--set", "router.minimums.ramGb=1000", "--set", "router.minimums.arch=riscv64");

        result.ExitCode.ShouldBe(1);
        foreach (var reason in new[] { "This machine should not run a router.", "CPU architecture must be riscv64", "Minimum 1000GB RAM required", "the network was not measured", "fedai setup node" }) result.Errors.ShouldContain(reason);
        ((string?)JsonNode.Parse(result.Output)!["recommendation"]!["routerEligibility"]!["verdict"]).ShouldBe("FAIL");
        Directory.Exists(federation.Data("router")).ShouldBeFalse();
    }

    [Fact]
    public async Task SetupNode_WhereARouterIs_IsRefused()
    {
        await federation.NpubAsync("node", patience.Token);
        await federation.CommandAsync(patience.Token, "manifest", "--write", "--role", "router", "--data", federation.Data("node"));

        var result = await federation.CommandAsync(patience.Token, "setup", "node", "--yes", "--skip-bench", "--data", federation.Data("node"));

        result.ExitCode.ShouldBe(2);
        result.Errors.ShouldContain("one daemon has one role");
    }

    private async Task<CommandResult> SetupAsync(params string[] more)
    {
        var result = await federation.CommandAsync(patience.Token, ["setup", "node", "--yes", "--data", federation.Data("node"), .. more]);
        result.ExitCode.ShouldBe(0, result.Errors);
        return result;
    }

    /// <summary>Asks until the router knows the node, and gives the answer whose metering record holds.</summary>
    private async Task<string> AnswerAsync(FedaiProcess router, string model, string prompt, string node, int maxTokens = 64)
    {
        using var client = new WireClient(router.Url, KeyPair.Generate());
        while (true)
        {
            var request = WireClient.Ask(model, prompt, maxTokens);
            var (status, body) = await client.PostAsync("infer", request, ProtocolJson.Default.InferenceRequest);
            if (status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.NotFound)
            {
                await Task.Delay(50, patience.Token);
                continue;
            }

            status.ShouldBe(HttpStatusCode.OK, body);
            PublicKey.TryParseNpub(node, out var key).ShouldBeTrue();
            SignedResult.TryOpen(JsonSerializer.Deserialize(body, ProtocolJson.Default.InferenceStreamFinal)!, key!, out var result, out var refusal).ShouldBeTrue(refusal?.ToString());
            MeteringRules.Check(request, result!, node, WireClient.Now).ShouldBeNull();
            return result.Response.Output;
        }
    }
}
