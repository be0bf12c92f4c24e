using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.OpenAi;

public sealed class OpenAiEndpointsTests
{
    private const string Ask = """{"model":"scripted","messages":[{"role":"user","content":"hi"}]}""";
    private const string AskStream = """{"model":"scripted","stream":true,"messages":[{"role":"user","content":"hi"}]}""";
    private const string AskUsage = """{"model":"scripted","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}""";

    private static readonly HttpClient Http = new();

    [Fact]
    public async Task Chat_NotStreamed_IsACompletion()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { FinishReason = "length" });

        using var response = await PostAsync(server, Ask);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        var requestId = response.Headers.GetValues("x-request-id").Single();
        Guid.Parse(requestId).Version.ShouldBe(7);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        ((long)body["created"]!).ShouldBeGreaterThan(1_700_000_000);
        body.Remove("created");
        JsonNode.DeepEquals(body, JsonNode.Parse($$$"""
            {"id":"chatcmpl-{{{requestId}}}","object":"chat.completion","model":"scripted",
             "choices":[{"index":0,"message":{"role":"assistant","content":"A scripted answer.","refusal":null},"logprobs":null,"finish_reason":"length"}],
             "usage":{"prompt_tokens":7,"completion_tokens":4,"total_tokens":11},"fedai":{"requestId":"{{{requestId}}}"} }
            """)).ShouldBeTrue(body.ToJsonString());
    }

    [Theory]
    [InlineData("x-client-request-id", "my-id_7", "my-id_7")]
    [InlineData("x-request-id", "my-id_7", "my-id_7")]
    [InlineData("x-request-id", "two words", null)]
    [InlineData("x-client-request-id", "é", null)]
    [InlineData("x-client-request-id", "", null)]
    public async Task Request_WithAnIdOfTheClients_GetsItBackBesideOurs(string name, string id, string? expected)
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Address + "v1/chat/completions") { Content = new StringContent(Ask) };
        request.Headers.TryAddWithoutValidation(name, id);

        using var response = await http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        Guid.Parse(response.Headers.GetValues("x-request-id").Single()).Version.ShouldBe(7, "the proof's id is ours");
        (response.Headers.TryGetValues("x-client-request-id", out var echoed) ? echoed.Single() : null).ShouldBe(expected);
    }

    [Fact]
    public async Task Chat_Streamed_IsRoleDeltasEndAndDone()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { Answer = _ => ["a\"\\\n", "é<&>", "\u0001\u2028"] });

        using var response = await PostAsync(server, AskStream);
        var frames = Frames(await response.Content.ReadAsStringAsync());

        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        frames[^1].ShouldBe("[DONE]");
        var chunks = frames[..^1].Select(frame => JsonNode.Parse(frame)!).ToList();
        var requestId = response.Headers.GetValues("x-request-id").Single();
        chunks.ShouldAllBe(chunk => (string)chunk["id"]! == "chatcmpl-" + requestId && (string)chunk["object"]! == "chat.completion.chunk" && (string)chunk["model"]! == "scripted");
        chunks.Select(chunk => chunk["choices"]![0]!.ToJsonString(Plain)).ShouldBe(
        [
            """{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}""",
            """{"index":0,"delta":{"content":"a\"\\\n"},"logprobs":null,"finish_reason":null}""",
            """{"index":0,"delta":{"content":"é<&>"},"logprobs":null,"finish_reason":null}""",
            """{"index":0,"delta":{"content":"\u0001\u2028"},"logprobs":null,"finish_reason":null}""",
            """{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}""",
        ]);
        chunks[..^1].ShouldAllBe(chunk => chunk.AsObject().Count == 5, "usage and proof id stand on the last chunk only");
        ((int)chunks[^1]["usage"]!["completion_tokens"]!).ShouldBe(3);
        ((string)chunks[^1]["fedai"]!["requestId"]!).ShouldBe(requestId);
    }

    [Fact]
    public async Task Chat_StreamedWithUsage_EndsWithAChunkWithoutChoices()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());

        using var response = await PostAsync(server, AskUsage);
        var chunks = Frames(await response.Content.ReadAsStringAsync())[..^1].Select(frame => JsonNode.Parse(frame)!.AsObject()).ToList();

        chunks[..^1].ShouldAllBe(chunk => chunk.ContainsKey("usage") && chunk["usage"] == null && !chunk.ContainsKey("fedai"));
        chunks[^1]["choices"]!.AsArray().ShouldBeEmpty();
        chunks[^1]["usage"]!.ToJsonString().ShouldBe("""{"prompt_tokens":7,"completion_tokens":4,"total_tokens":11}""");
        ((string)chunks[^1]["fedai"]!["requestId"]!).ShouldBe(response.Headers.GetValues("x-request-id").Single());
    }

    [Fact]
    public async Task Chat_TwoRequests_HaveTheirOwnIdAndSalt()
    {
        var runner = new ScriptedRunner();
        await using var server = await OpenAiServer.StartAsync(runner);

        using var first = await PostAsync(server, Ask);
        using var second = await PostAsync(server, Ask);

        runner.Requests.Select(request => request.RequestId).Distinct().Count().ShouldBe(2);
        runner.Requests.Select(request => request.Salt).Distinct().Count().ShouldBe(2);
        runner.Requests.ShouldAllBe(request => Convert.FromBase64String(request.Salt!).Length == 32);
    }

    [Fact]
    public async Task Chat_DeltaIsReady_LeavesWithoutWaitingForTheNext()
    {
        var runner = new ScriptedRunner { StallAt = 2 };
        await using var server = await OpenAiServer.StartAsync(runner);

        using var response = await PostAsync(server, AskStream, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();
        var text = await ReadUntilAsync(body, "scripted ");

        text.ShouldContain("\"A \"");
        runner.Cancelled.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Chat_BackendNeverWaits_StillStreams()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { Answer = _ => new EndlessPieces() });

        using var response = await PostAsync(server, AskStream, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();

        (await ReadUntilAsync(body, "piece 100 ")).ShouldContain("piece 0 ");
    }

    [Theory]
    [InlineData(AskStream)]
    [InlineData(Ask)]
    public async Task Chat_ClientLeaves_CancelsTheBackend(string ask)
    {
        var runner = new ScriptedRunner { StallAt = 1 };
        await using var server = await OpenAiServer.StartAsync(runner);
        using var leaving = new CancellationTokenSource();

        var request = PostAsync(server, ask, HttpCompletionOption.ResponseContentRead, leaving.Token);
        await runner.Stalled;
        runner.Cancelled.IsCompleted.ShouldBeFalse();
        await leaving.CancelAsync();

        await runner.Cancelled;
        await Should.ThrowAsync<OperationCanceledException>(request);
    }

    [Theory]
    [InlineData(AskStream, -1)]
    [InlineData(AskStream, 0)]
    [InlineData(Ask, -1)]
    [InlineData(Ask, 3)]
    public async Task Chat_FailureBeforeAnythingWasSent_IsAnHttpError(string ask, int failAt)
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { FailAt = failAt, Failure = new Refusal(ErrorCode.NodeSaturated, RetryAfterSeconds: 9) });

        using var response = await PostAsync(server, ask);

        await ShouldBeErrorAsync(response, HttpStatusCode.ServiceUnavailable, "node_saturated", null);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task Chat_FailureInTheMiddle_IsAnErrorFrameAndNoDone()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { FailAt = 2 });

        using var response = await PostAsync(server, AskStream);
        var frames = Frames(await response.Content.ReadAsStringAsync());

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        frames.ShouldNotContain("[DONE]");
        var error = JsonNode.Parse(frames[^1])!["error"]!;
        ((string)error["code"]!, (string)error["type"]!).ShouldBe(("runner_crashed", "server_error"));
        string.Concat(frames[..^1].Select(frame => (string)JsonNode.Parse(frame)!["choices"]![0]!["delta"]!["content"]!)).ShouldBe("A scripted ");
    }

    [Fact]
    public async Task Chat_BackendThrows_Is500InOpenAisShape()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { Answer = _ => throw new InvalidTimeZoneException("secret prompt") });

        using var response = await PostAsync(server, AskStream);

        (await ShouldBeErrorAsync(response, HttpStatusCode.InternalServerError, "internal_error", null)).ShouldNotContain("secret");
    }

    [Fact]
    public async Task Models_Served_AreListedAndFound()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { Models = [new RunnerModel("org/one", 2048, null), new RunnerModel("two", 512, null)] });

        JsonNode.Parse(await Http.GetStringAsync(server.BaseUrl + "/models"))!.ToJsonString().ShouldBe(
            """{"object":"list","data":[{"id":"org/one","object":"model","created":0,"owned_by":"fedai","context_window":2048,"max_completion_tokens":1024},{"id":"two","object":"model","created":0,"owned_by":"fedai","context_window":512,"max_completion_tokens":256}]}""");
        foreach (var path in new[] { "/models/org/one", "/models/org%2Fone", "/models/org%2fone" })
            ((string)JsonNode.Parse(await Http.GetStringAsync(server.BaseUrl + path))!["id"]!).ShouldBe("org/one", path);
        using var missing = await Http.GetAsync(new Uri(server.BaseUrl + "/models/three"));
        await ShouldBeErrorAsync(missing, HttpStatusCode.NotFound, "model_not_found", "model");
    }

    [Theory]
    [InlineData("GET", "v1/chat/completions", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("DELETE", "v1/models", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("POST", "v1/images/generations", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "v1", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GET", "v1/", HttpStatusCode.NotFound, "not_found")]
    public async Task Elsewhere_UnderV1_IsAnErrorInTheSameShape(string method, string path, HttpStatusCode status, string code)
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Address, path));

        using var response = await Http.SendAsync(request);

        await ShouldBeErrorAsync(response, status, code, null);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9", HttpStatusCode.Unauthorized, "invalid_api_key")]
    [InlineData("Host", "rebound.example", HttpStatusCode.Unauthorized, "invalid_api_key")]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden, "client_not_allowed")]
    [InlineData("x-fedai-privacy", "PL2", HttpStatusCode.BadRequest, "unsupported_parameter")]
    [InlineData("x-fedai-privacy", "PL4", HttpStatusCode.BadRequest, "unsupported_parameter")]
    [InlineData("x-fedai-privacy", "2", HttpStatusCode.BadRequest, "unsupported_parameter")]
    public async Task Chat_HeaderThatForbids_IsRefused(string name, string value, HttpStatusCode status, string code)
    {
        var runner = new ScriptedRunner();
        await using var server = await OpenAiServer.StartAsync(runner);
        using var request = new HttpRequestMessage(HttpMethod.Post, server.BaseUrl + "/chat/completions") { Content = new StringContent(Ask) };
        request.Headers.TryAddWithoutValidation(name, value);

        using var response = await Http.SendAsync(request);

        await ShouldBeErrorAsync(response, status, code, code == "unsupported_parameter" ? name : null);
        runner.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Authorization", "Bearer sk-anything")]
    [InlineData("x-fedai-privacy", "PL0")]
    [InlineData("x-fedai-privacy", "PL1")]
    [InlineData("Content-Type", "text/plain")]
    public async Task Chat_HeaderThatDoesNotMatter_IsAccepted(string name, string value)
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());
        using var request = new HttpRequestMessage(HttpMethod.Post, server.BaseUrl + "/chat/completions") { Content = new StringContent(Ask) };
        if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.ContentType = new(value);

        using var response = await Http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<HttpResponseMessage> PostAsync(OpenAiServer server, string body, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, server.BaseUrl + "/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return await Http.SendAsync(request, completion, cancellationToken);
    }

    internal static async Task<string> ShouldBeErrorAsync(HttpResponseMessage response, HttpStatusCode status, string code, string? param)
    {
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, body);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        var root = JsonNode.Parse(body)!.AsObject();
        root.Count.ShouldBe(1);
        var error = root["error"]!.AsObject();
        error.Select(member => member.Key).ShouldBe(["message", "type", "param", "code"]);
        ((string?)error["code"], (string?)error["param"]).ShouldBe((code, param));
        ((string)error["message"]!).Length.ShouldBeGreaterThan(20);
        return body;
    }

    private static readonly System.Text.Json.JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static List<string> Frames(string body)
    {
        body.ShouldEndWith("\n\n");
        var frames = body[..^2].Split("\n\n");
        frames.ShouldAllBe(frame => frame.StartsWith("data: ", StringComparison.Ordinal) && !frame.Contains('\n'));
        return [.. frames.Select(frame => frame["data: ".Length..])];
    }

    private static async Task<string> ReadUntilAsync(Stream body, string text)
    {
        var read = new StringBuilder();
        var buffer = new byte[4096];
        while (!read.ToString().Contains(text))
        {
            var count = await body.ReadAsync(buffer);
            count.ShouldBeGreaterThan(0, "the stream ended early");
            read.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return read.ToString();
    }

    /// <summary>More pieces than anybody reads, without ever waiting.</summary>
    private sealed class EndlessPieces : IReadOnlyList<string>
    {
        public string this[int index] => $"piece {index} ";
        public int Count => int.MaxValue;
        public IEnumerator<string> GetEnumerator() => throw new NotSupportedException();
        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
