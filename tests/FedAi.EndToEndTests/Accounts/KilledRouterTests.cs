using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Accounts;

/// <summary>API keys at a router in a process of its own: where they show, and what a kill leaves of a quota.</summary>
public sealed class KilledRouterTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Router_KilledWhileAKeyedRequestRuns_GivesNoTokensAwayAndShowsNoKey()
    {
        await Fedai.RunAsync("keys", "new", "--data", folder.Path);
        await Fedai.RunAsync("manifest", "--write", "--role", "router", "--data", folder.Path);
        string[] run = ["run", "--data", folder.Path, "--listen", "127.0.0.1:0", "--set", "log.level=trace", "--set", "http.allowPrivate=loopback", "--set", "router.admit.nodes=anyone"];
        var router = await FedaiProcess.StartAsync(Fedai.Executable, run, CancellationToken.None);
        var made = JsonNode.Parse((await Fedai.RunAsync("apikeys", "new", "--data", folder.Path, "--tokens", "1000", "--json")).Output)!;
        var secret = (string)made["key"]!;
        using var key = FedAi.Protocol.Crypto.KeyPair.Generate();
        await using var node = await StubNode.StartAsync(key);
        await node.RegisterAsync(router.Url, CancellationToken.None);
        using var caller = new HttpClient { BaseAddress = router.Url };
        caller.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.5");
        caller.DefaultRequestHeaders.Add("Authorization", $"Bearer {secret}");

        using (var finished = await KeyedRouter.ChatAsync(caller, StubNode.ModelId, maxTokens: 2, stream: true)) (await finished.Content.ReadAsStringAsync()).ShouldEndWith("data: [DONE]\n\n");
        // 500 tokens at 20 a second: it cannot end by itself before the kill.
        using var running = await KeyedRouter.ChatAsync(caller, StubNode.ModelId, maxTokens: 500, stream: true);
        ((int)running.StatusCode).ShouldBe(200);
        var metrics = await new HttpClient { BaseAddress = router.Url }.GetStringAsync(new Uri("metrics", UriKind.Relative));
        Signals.Kill(router.Id);
        await Signals.GoneAsync(router.Id);

        var left = JsonNode.Parse((await Fedai.RunAsync("apikeys", "list", "--data", folder.Path, "--json")).Output)!["keys"]!.AsArray().ShouldHaveSingleItem()!;
        // 4 + 2 counted, and all that was set aside for the one that ran.
        ((long)left["usedTokens"]!).ShouldBeInRange(506, 520);
        ((long)left["requests"]!).ShouldBe(1);
        metrics.ShouldContain("fedai_apikeys_requests");
        foreach (var shown in new[] { metrics, router.Output })
            LeakSearch.Find(System.Text.Encoding.UTF8.GetBytes(shown), secret).ShouldBeNull();
        router.Output.ShouldContain("ready");
        await router.DisposeAsync();
    }
}
