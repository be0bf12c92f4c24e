using System.Text.Json;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.RequestPath;

/// <summary>The router's own /v1 over real nodes.</summary>
public sealed class OpenAiOnRouterTests
{
    [Fact]
    public async Task Chat_OnTheRouter_IsAnsweredByANodeAndListsItsModel()
    {
        var runner = new ScriptedRunner();
        await using var federation = await TestFederation.StartAsync(runner);
        using var http = new HttpClient { BaseAddress = federation.Router.Base };

        var models = JsonDocument.Parse(await http.GetStringAsync("v1/models"));
        models.RootElement.GetProperty("data")[0].GetProperty("id").GetString().ShouldBe("scripted");

        using var body = new StringContent("""{"model":"scripted","messages":[{"role":"user","content":"hello"}]}""");
        using var answer = await http.PostAsync("v1/chat/completions", body);
        var completion = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        completion.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("A scripted answer.");
        completion.GetProperty("usage").GetProperty("completion_tokens").GetInt32().ShouldBe(4);
        // The node understands chat, so the prompt text for older peers stays away (DECISIONS E2).
        var asked = runner.Requests.ShouldHaveSingleItem();
        asked.Prompt.ShouldBeEmpty();
        asked.Messages!.ShouldHaveSingleItem().Content.ShouldBe("hello");
    }

    [Fact]
    public async Task Models_NodeStops_VanishAtOnce()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner { Models = [new("first", 512, null)] }, new ScriptedRunner { Models = [new("second", 512, null)] });
        using var client = new ChatClient(federation.Router.Base);
        (await client.ModelsAsync(default)).ShouldBe(["first", "second"]);

        await federation.Nodes[0].StopAsync();

        (await client.ModelsAsync(default)).ShouldBe(["second"]);
        using var http = new HttpClient { BaseAddress = federation.Router.Base };
        using var body = new StringContent("""{"model":"first","messages":[{"role":"user","content":"hello"}]}""");
        using var answer = await http.PostAsync("v1/chat/completions", body);
        ((int)answer.StatusCode).ShouldBe(404);
    }

    /// <summary>One has the longer context, the other the longer answers: the widest of both is served by nobody, and yet each prompt by one of them.</summary>
    [Fact]
    public async Task Chat_LongPrompt_GoesToTheNodeWithRoomAndIsAskedForWhatThatWrites()
    {
        ScriptedRunner wide = new() { Models = [new("scripted", 8192, null)] }, wordy = new() { Models = [new("scripted", 2048, null)] };
        await using var federation = await TestFederation.StartAsync();
        await federation.AddNodeAsync(wide, new() { MaxTokens = 512 });
        await federation.AddNodeAsync(wordy, new() { MaxTokens = 1024 });
        using var http = new HttpClient { BaseAddress = federation.Router.Base };

        using var body = new StringContent($$"""{"model":"scripted","messages":[{"role":"user","content":"{{new string('x', 4 * 3000)}}"}]}""");
        using var answer = await http.PostAsync("v1/chat/completions", body);

        ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
        wide.Requests.ShouldHaveSingleItem().MaxTokens.ShouldBe(512);
        wordy.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Chat_NodeThatTurnsOutTooSmall_IsFollowedByALargerOne()
    {
        using var one = FedAi.Protocol.Crypto.KeyPair.Generate();
        using var other = FedAi.Protocol.Crypto.KeyPair.Generate();
        FedAi.Protocol.Crypto.KeyPair[] keys = [.. new[] { one, other }.OrderBy(key => key.PublicKey.Hex, StringComparer.Ordinal)];
        await using var federation = await TestFederation.StartAsync();
        var small = await federation.AddNodeAsync(new ScriptedRunner(), new() { MaxPromptBytes = 100 }, keys[0]); // of equal nodes the first
        using var http = new HttpClient { BaseAddress = federation.Router.Base };
        Task<HttpResponseMessage> AskAsync() => http.PostAsync("v1/chat/completions", new StringContent($$"""{"model":"scripted","messages":[{"role":"user","content":"{{new string('x', 101)}}"}]}"""));

        using (var alone = await AskAsync()) ((int)alone.StatusCode).ShouldBe(413);
        await federation.AddNodeAsync(new ScriptedRunner(), key: keys[1]);
        using var answer = await AskAsync();

        ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync());
        federation.Directory.Find(small.Key.PublicKey)!.Load.Observe(WireClient.Now).FailuresInRow.ShouldBe(0);
    }

    [Fact]
    public async Task Chat_TwoRoutersOverOneNode_AnswerTheSame()
    {
        await using var federation = await TestFederation.StartAsync();
        await using var other = await TestDaemon.StartAsync(FedAi.Daemon.Hosting.Role.Router);
        await using var runner = await DemoModel.StartAsync();
        await federation.AddNodeAsync(runner, new() { Routers = [$"{other.Key.PublicKey.Npub}@{other.Base}"] });
        using var first = new ChatClient(federation.Router.Base);
        using var second = new ChatClient(other.Base);
        await second.FirstModelAsync(default);

        var (one, two) = (await first.AskAsync(DemoModel.Id, "What is a router?", 60, default), await second.AskAsync(DemoModel.Id, "What is a router?", 60, default));

        one.Text.ShouldNotBeEmpty();
        two.Text.ShouldBe(one.Text);
        (two.InputTokens, two.OutputTokens).ShouldBe((one.InputTokens, one.OutputTokens));
        (await second.ModelsAsync(default)).ShouldBe(await first.ModelsAsync(default));
    }

    [Fact]
    public async Task Chat_NodeLies_Is502InOpenAisShape()
    {
        await using var router = await TestDaemon.StartAsync(FedAi.Daemon.Hosting.Role.Router);
        await using var node = await ForgingNode.StartAsync(router.Base);
        node.Signer = FedAi.Protocol.Crypto.KeyPair.Generate();
        using var http = new HttpClient { BaseAddress = router.Base };

        using var body = new StringContent("""{"model":"scripted","messages":[{"role":"user","content":"hello"}]}""");
        using var answer = await http.PostAsync("v1/chat/completions", body);

        ((int)answer.StatusCode).ShouldBe(502);
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
    }
}
