using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.OpenAi;

/// <summary>The official openai client for JavaScript takes this surface for what it is written for.</summary>
public sealed class OpenAiClientTests
{
    private static JsonObject Body(params (string Name, JsonNode? Value)[] more)
    {
        var body = new JsonObject { ["model"] = "scripted", ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" }) };
        foreach (var (name, value) in more) body[name] = value;
        return body;
    }

    private static async Task<JsonObject> AskAsync(ScriptedRunner runner, string operation, params (string Name, JsonNode? Value)[] arguments)
    {
        await using var server = await OpenAiServer.StartAsync(runner);
        await using var client = NodeScript.Start("openai.mjs", server.BaseUrl);
        var question = new JsonObject { ["op"] = operation };
        foreach (var (name, value) in arguments) question[name] = value;
        return new JsonObject { ["result"] = (await client.AskAsync(question)).DeepClone() };
    }

    [Fact]
    public async Task Client_Models_AreListed() =>
        ((string)(await AskAsync(new ScriptedRunner(), "models"))["result"]![0]!["id"]!).ShouldBe("scripted");

    [Fact]
    public async Task Client_Model_IsFoundThoughItsNameHasASlash()
    {
        var runner = new ScriptedRunner { Models = [new("org/model:q4", 512, null)] };

        ((string)(await AskAsync(runner, "model", ("id", "org/model:q4")))["result"]!["id"]!).ShouldBe("org/model:q4");
    }

    [Fact]
    public async Task Client_Chat_ReadsTextUsageAndRequestId()
    {
        var answer = (await AskAsync(new ScriptedRunner(), "chat", ("body", Body())))["result"]!;

        ((string)answer["choices"]![0]!["message"]!["content"]!).ShouldBe("A scripted answer.");
        ((int)answer["usage"]!["total_tokens"]!).ShouldBe(11);
        ((string)answer["id"]!).ShouldBe("chatcmpl-" + (string)answer["request_id"]!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_Stream_AccumulatesToTheSameAnswer(bool includeUsage)
    {
        var options = new JsonObject { ["include_usage"] = includeUsage };
        var answer = (await AskAsync(new ScriptedRunner { Answer = _ => ["Zwölf ", "Boxkämpfer ", "😀"] }, "stream", ("body", Body(("stream_options", options)))))["result"]!;

        var choice = answer["completion"]!["choices"]![0]!;
        ((string)choice["message"]!["role"]!, (string)choice["message"]!["content"]!, (string)choice["finish_reason"]!).ShouldBe(("assistant", "Zwölf Boxkämpfer 😀", "stop"));
        ((int)answer["usage"]!["completion_tokens"]!).ShouldBe(3);
        answer["chunks"]!.AsArray().Count.ShouldBe(includeUsage ? 6 : 5);
        answer["chunks"]!.AsArray()[^1]!["fedai"]!["requestId"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Client_StreamBreaks_ThrowsOurErrorAfterTheText()
    {
        var answer = (await AskAsync(new ScriptedRunner { FailAt = 2 }, "broken", ("body", Body())))["result"]!;

        ((string)answer["text"]!).ShouldBe("A scripted ");
        ((bool)answer["failed"]!).ShouldBeTrue();
        ((string)answer["code"]!, (string)answer["type"]!).ShouldBe(("runner_crashed", "server_error"));
    }

    [Theory]
    [InlineData("n", 2, 400, "unsupported_parameter", "n")]
    [InlineData("temperature", 9, 400, "invalid_value", "temperature")]
    [InlineData("max_tokens", 0, 400, "invalid_value", "max_tokens")]
    public async Task Client_Refused_ThrowsTheErrorWithItsMembers(string name, int value, int status, string code, string param)
    {
        var answer = (await AskAsync(new ScriptedRunner(), "chat", ("body", Body((name, value)))))["result"]!;

        ((int)answer["status"]!, (string)answer["code"]!, (string)answer["param"]!).ShouldBe((status, code, param));
        ((string)answer["message"]!).ShouldContain(param);
    }
}
