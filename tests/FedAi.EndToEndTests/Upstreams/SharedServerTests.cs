using System.Text.Json;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Node;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Upstreams;

/// <summary>A node that shares a server which runs already, configured as an operator would.</summary>
public sealed class SharedServerTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Chat_OverANodeInFrontOfAnotherRouter_IsAnsweredMeteredAndTheSame()
    {
        var runner = new ScriptedRunner();
        await using var behind = await TestFederation.StartAsync(runner);
        await using var front = await TestFederation.StartAsync();
        await using var node = await NodeAsync(front, new UpstreamOptions { Url = new Uri(behind.Router.Base, "v1").ToString() });
        await front.WaitForAsync(() => front.Directory.Find(node.Key.PublicKey) is { Descriptor.Capabilities.Count: > 0 });
        using var http = new HttpClient { BaseAddress = front.Router.Base };

        using var answer = await AskAsync(http, "scripted", stream: false);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        using var streamed = await AskAsync(http, "scripted", stream: true);
        var stream = await streamed.Content.ReadAsStringAsync();

        json.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("A scripted answer.");
        (json.RootElement.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), json.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt32()).ShouldBe((7, 4));
        stream.ShouldContain("\"content\":\"scripted \"");
        stream.ShouldEndWith("data: [DONE]\n\n");
        runner.Requests.ShouldAllBe(request => request.Messages!.Single().Content == "hello");
    }

    [Fact]
    public async Task Chat_ClientLeaves_TheServerBehindHearsOfIt()
    {
        await using var server = await ScriptedServer.StartAsync();
        await File.WriteAllTextAsync(folder.File("key"), "sk-upstream\n");
        server.Answer = async context =>
        {
            await ScriptedServer.EventsAsync(context, ScriptedServer.Chunk("word"));
            await ScriptedServer.StallAsync(context);
        };
        await using var front = await TestFederation.StartAsync();
        await using var node = await NodeAsync(front, new UpstreamOptions { Url = server.Base.ToString(), ApiKeyFile = folder.File("key") });
        await front.WaitForAsync(() => front.Directory.Find(node.Key.PublicKey) is { Descriptor.Capabilities.Count: > 0 });
        using var http = new HttpClient { BaseAddress = front.Router.Base };

        using (var running = await AskAsync(http, "m", stream: true)) ((int)running.StatusCode).ShouldBe(200);

        await server.Left.WaitAsync(Patience.Limit);
        server.Asked.ShouldHaveSingleItem().Authorization.ShouldBe("Bearer sk-upstream");
    }

    private static Task<TestDaemon> NodeAsync(TestFederation front, UpstreamOptions upstream) => TestDaemon.StartAsync(Role.Node, new FedAiOptions
    {
        Node = new NodeOptions { Routers = [$"{front.Router.Key.PublicKey.Npub}@{front.Router.Base}"] },
        Runner = new RunnerOptions { Kind = RunnerKind.OpenAi, Upstreams = [upstream] },
    });

    private static async Task<HttpResponseMessage> AskAsync(HttpClient http, string model, bool stream)
    {
        using var body = new StringContent($$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"max_tokens":16,"messages":[{"role":"user","content":"hello"}]}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions") { Content = body };
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
