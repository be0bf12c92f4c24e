using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.OpenAi;

/// <summary>Answers with tool calls, of text and of vectors, byte by byte as OpenAI has them.</summary>
public sealed class AnswerShapeTests
{
    private const string Tools = """ "tools":[{"type":"function","function":{"name":"add"}}] """;

    private static readonly HttpClient Http = new();

    private static readonly ToolCallDelta[] Pieces =
    [
        new() { Index = 0, Id = "call_1", Name = "add" },
        new() { Index = 0, Arguments = "{\"a\":" },
        new() { Index = 0, Arguments = "1}" },
        new() { Index = 1, Id = "call_2", Name = "add", Arguments = "{}" },
    ];

    [Fact]
    public async Task Chat_ToolCalls_AreAMessageWithoutContent()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { Answer = _ => [], Calls = _ => Pieces });

        var choice = (await PostAsync(server, "chat/completions", $$"""{"model":"scripted","messages":[{"role":"user","content":"x"}],{{Tools}}}"""))["choices"]![0]!;

        choice.ToJsonString().ShouldBe("""{"index":0,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"add","arguments":"{\u0022a\u0022:1}"}},{"id":"call_2","type":"function","function":{"name":"add","arguments":"{}"}}]},"logprobs":null,"finish_reason":"tool_calls"}""");
    }

    [Fact]
    public async Task Chat_ToolCallsStreamed_AreDeltasWithIdAndNameFirst()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { Answer = _ => [], Calls = _ => Pieces });

        var deltas = (await StreamAsync(server, "chat/completions", $$"""{"model":"scripted","stream":true,"messages":[{"role":"user","content":"x"}],{{Tools}}}""")).Select(chunk => chunk["choices"]![0]!["delta"]!.ToJsonString()).ToList();

        deltas.ShouldBe(
        [
            """{"role":"assistant","content":null}""",
            """{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"add","arguments":""}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"{\u0022a\u0022:"}}]}""",
            """{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}""",
            """{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"add","arguments":"{}"}}]}""",
            "{}",
        ]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chat_OneToolCallAtATime_DropsTheOthers(bool stream)
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { Answer = _ => ["So: "], Calls = _ => Pieces });
        var body = $$"""{"model":"scripted","parallel_tool_calls":false,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"x"}],{{Tools}}}""";

        var text = stream ? string.Concat((await StreamAsync(server, "chat/completions", body)).Select(chunk => chunk.ToJsonString())) : (await PostAsync(server, "chat/completions", body)).ToJsonString();

        text.ShouldContain("call_1");
        text.ShouldContain("So: ");
        text.ShouldNotContain("call_2");
    }

    [Fact]
    public async Task Completion_Whole_IsATextCompletion()
    {
        var runner = new ScriptedRunner { FinishReason = "length" };
        await using var server = await OpenAiServer.StartAsync(runner);

        var body = (await PostAsync(server, "completions", """{"model":"scripted","prompt":"Once"}""")).AsObject();

        ((string)body["id"]!).ShouldStartWith("cmpl-");
        ((string)body["object"]!).ShouldBe("text_completion");
        body["choices"]!.ToJsonString().ShouldBe("""[{"index":0,"text":"A scripted answer.","logprobs":null,"finish_reason":"length"}]""");
        body["usage"]!.ToJsonString().ShouldBe("""{"prompt_tokens":7,"completion_tokens":4,"total_tokens":11}""");
        runner.Requests.Single().Prompt.ShouldBe("Once");
    }

    [Fact]
    public async Task Completion_Streamed_IsTextDeltas()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { Answer = _ => ["a\"", "😀"] });

        var chunks = await StreamAsync(server, "completions", """{"model":"scripted","prompt":"Once","stream":true,"stream_options":{"include_usage":true}}""");

        chunks.Select(chunk => (string?)chunk["choices"]!.AsArray().FirstOrDefault()?["text"]).ShouldBe(["a\"", "😀", "", null]);
        chunks.ShouldAllBe(chunk => (string)chunk["object"]! == "text_completion");
        ((int)chunks[^1]["usage"]!["total_tokens"]!).ShouldBe(9);
    }

    [Fact]
    public async Task Embeddings_Floats_AreInOrder()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());

        var body = (await PostAsync(server, "embeddings", """{"model":"scripted","input":["ab","c"],"dimensions":2}""")).AsObject();

        body["data"]!.ToJsonString().ShouldBe("""[{"object":"embedding","index":0,"embedding":[0.6,0.8]},{"object":"embedding","index":1,"embedding":[1,0]}]""");
        body["usage"]!.ToJsonString().ShouldBe("""{"prompt_tokens":14,"total_tokens":14}""");
        ((string)body["object"]!, (string)body["model"]!).ShouldBe(("list", "scripted"));
    }

    [Fact]
    public async Task Embeddings_Base64_IsLittleEndianFloats()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());

        var body = await PostAsync(server, "embeddings", """{"model":"scripted","input":"ab","encoding_format":"base64"}""");

        Convert.FromBase64String((string)body["data"]![0]!["embedding"]!).ShouldBe([.. BitConverter.GetBytes(0.6f), .. BitConverter.GetBytes(0.8f)]);
    }

    [Fact]
    public async Task Embeddings_OtherDimensions_AreRefusedByName()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());

        using var response = await SendAsync(server, "embeddings", """{"model":"scripted","input":"ab","dimensions":3}""");

        await OpenAiEndpointsTests.ShouldBeErrorAsync(response, HttpStatusCode.BadRequest, "unsupported_parameter", "dimensions");
    }

    [Theory]
    [InlineData(new float[0])]
    [InlineData(new[] { float.NaN, 1f })]
    public async Task Embeddings_NodeGivesNonsense_Is502(float[] vector)
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { Vector = _ => vector });

        using var response = await SendAsync(server, "embeddings", """{"model":"scripted","input":["ab","c"]}""");

        await OpenAiEndpointsTests.ShouldBeErrorAsync(response, HttpStatusCode.BadGateway, "invalid_node_response", null);
    }

    [Theory]
    [InlineData(9000L, "40 %, about 9 s more")]
    [InlineData(null, "(40 %);")]
    public async Task Chat_ModelIsLoading_Is503WithProgress(long? etaMs, string words)
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { Loading = new LoadProgress { Percent = 40, EtaMs = etaMs } });

        using var response = await SendAsync(server, "chat/completions", """{"model":"scripted","messages":[{"role":"user","content":"x"}]}""");
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!;

        (response.StatusCode, (string)error["code"]!, response.Headers.RetryAfter!.Delta).ShouldBe((HttpStatusCode.ServiceUnavailable, "model_loading", TimeSpan.FromSeconds(3)));
        error["loading"]!.ToJsonString().ShouldBe(etaMs is null ? """{"progress_percent":40}""" : """{"progress_percent":40,"eta_seconds":9}""");
        ((string)error["message"]!).ShouldContain(words);
    }

    [Fact]
    public async Task Chat_Conversation_HasOneCacheKeyOfItsOwn()
    {
        var runner = new ScriptedRunner();
        await using var server = await OpenAiServer.StartAsync(runner);
        const string first = """{"role":"user","content":"x"}""";

        foreach (var body in new[]
        {
            $$"""{"model":"scripted","messages":[{{first}}]}""",
            $$"""{"model":"scripted","messages":[{{first}},{"role":"assistant","content":"y"},{"role":"user","content":"z"}]}""",
            """{"model":"scripted","messages":[{"role":"user","content":"other"}]}""",
            $$"""{"model":"scripted","prompt_cache_key":"k","messages":[{{first}}]}""",
            """{"model":"scripted","prompt_cache_key":"k","messages":[{"role":"user","content":"other"}]}""",
        }) await PostAsync(server, "chat/completions", body);

        var keys = runner.Requests.Select(request => request.CacheKey).ToList();
        keys[1].ShouldBe(keys[0]);
        keys[4].ShouldBe(keys[3]);
        keys.Distinct().Count().ShouldBe(3);
        keys.ShouldAllBe(key => Convert.FromBase64String(key!).Length == 32);
    }

    private static Task<HttpResponseMessage> SendAsync(OpenAiServer server, string path, string body) =>
        Http.PostAsync(new Uri($"{server.BaseUrl}/{path}"), new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<JsonNode> PostAsync(OpenAiServer server, string path, string body)
    {
        using var response = await SendAsync(server, path, body);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private static async Task<List<JsonNode>> StreamAsync(OpenAiServer server, string path, string body)
    {
        using var response = await SendAsync(server, path, body);
        var frames = (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        frames[^1].ShouldBe("data: [DONE]");
        return [.. frames[..^1].Select(frame => JsonNode.Parse(frame["data: ".Length..])!)];
    }
}
