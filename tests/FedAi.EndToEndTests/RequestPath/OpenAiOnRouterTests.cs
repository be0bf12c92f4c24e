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
