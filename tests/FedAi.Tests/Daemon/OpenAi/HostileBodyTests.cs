using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.OpenAi;

/// <summary>Whatever arrives at /v1/chat/completions gets one clear error in OpenAI's shape, and the server goes on.</summary>
public sealed class HostileBodyTests
{
    private static readonly HttpClient Http = new();

    /// <summary>By name, so that the test runner does not carry megabytes around as test names.</summary>
    private static readonly Dictionary<string, (byte[] Body, HttpStatusCode Status, string Code, string? Param)> Known = new()
    {
        ["nothing"] = ([], HttpStatusCode.BadRequest, "empty_body", null),
        ["blank"] = ("  "u8.ToArray(), HttpStatusCode.BadRequest, "invalid_json", null),
        ["no JSON"] = ("hello"u8.ToArray(), HttpStatusCode.BadRequest, "invalid_json", null),
        ["half a body"] = ("{\"model\":\"scr"u8.ToArray(), HttpStatusCode.BadRequest, "invalid_json", null),
        ["two values"] = ("{} {}"u8.ToArray(), HttpStatusCode.BadRequest, "invalid_json", null),
        ["zeroes"] = (new byte[1000], HttpStatusCode.BadRequest, "invalid_json", null),
        ["UTF-16"] = (Encoding.Unicode.GetBytes("{\"model\":\"scripted\"}"), HttpStatusCode.BadRequest, "invalid_json", null),
        ["broken UTF-8"] = ([.. "{\"model\":\"scripted\",\"messages\":[{\"role\":\"user\",\"content\":\""u8, 0xff, 0xfe, .. "\"}]}"u8], HttpStatusCode.BadRequest, "invalid_value", "messages[0].content"),
        ["half a surrogate pair"] = ("""{"model":"scripted","messages":[{"role":"user","content":"a\ud83db"}]}"""u8.ToArray(), HttpStatusCode.BadRequest, "invalid_value", "messages[0].content"),
        ["deep nesting"] = (Deep(100_000), HttpStatusCode.BadRequest, "invalid_json", null),
        ["nesting in a member nobody knows"] = (Encoding.UTF8.GetBytes($$"""{"x":{{new string('[', 200)}}1{{new string(']', 200)}}}"""), HttpStatusCode.BadRequest, "invalid_json", null),
        ["a wrong type"] = ("""{"model":5}"""u8.ToArray(), HttpStatusCode.BadRequest, "invalid_value", "model"),
        ["10 MB"] = (Large(), HttpStatusCode.RequestEntityTooLarge, "payload_too_large", null),
        ["too many messages"] = (Encoding.UTF8.GetBytes($$"""{"model":"scripted","messages":[{{string.Join(',', Enumerable.Repeat("""{"role":"user","content":""}""", 5000))}}]}"""), HttpStatusCode.BadRequest, "invalid_value", "messages"),
        ["a prompt over the context"] = (Encoding.UTF8.GetBytes($$"""{"model":"scripted","messages":[{"role":"user","content":"{{new string('x', 1_000_000)}}"}]}"""), HttpStatusCode.BadRequest, "context_length_exceeded", "messages"),
    };

    public static TheoryData<string> Bodies => [.. Known.Keys];

    [Theory, MemberData(nameof(Bodies))]
    public async Task Chat_HostileBody_GetsOneClearError(string what)
    {
        var (body, status, code, param) = Known[what];
        var runner = new ScriptedRunner();
        await using var server = await OpenAiServer.StartAsync(runner);

        using var response = await Http.PostAsync(new Uri(server.BaseUrl + "/chat/completions"), new ByteArrayContent(body));

        await OpenAiEndpointsTests.ShouldBeErrorAsync(response, status, code, param);
        runner.Requests.ShouldBeEmpty();
        (await Http.GetAsync(new Uri(server.BaseUrl + "/models"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Chat_LargeBodyWithoutALength_IsCutOff()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());
        using var request = new HttpRequestMessage(HttpMethod.Post, server.BaseUrl + "/chat/completions") { Content = new ByteArrayContent(Large()) };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.ExpectContinue = true; // so that the refusal is read instead of met while still sending

        var answered = await AnswerOrResetAsync(request);

        if (answered is not null) await OpenAiEndpointsTests.ShouldBeErrorAsync(answered, HttpStatusCode.RequestEntityTooLarge, "payload_too_large", null);
        (await Http.GetAsync(new Uri(server.BaseUrl + "/models"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Chat_BodyOfDrops_Is408()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        var stream = socket.GetStream();

        // One byte of a thousand, and then nothing: the server gives up, the client does not have to.
        await stream.WriteAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{"u8.ToArray());
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();

        answer.ShouldStartWith("HTTP/1.1 408 ");
        var error = JsonNode.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..])!["error"]!;
        ((string)error["code"]!).ShouldBe("request_timeout");
    }

    private static byte[] Deep(int depth) => [.. Enumerable.Repeat((byte)'[', depth), .. Enumerable.Repeat((byte)']', depth)];

    private static byte[] Large() => Encoding.UTF8.GetBytes($$"""{"model":"scripted","messages":[{"role":"user","content":"{{new string('x', 10_000_000)}}"}]}""");

    private static async Task<HttpResponseMessage?> AnswerOrResetAsync(HttpRequestMessage request)
    {
        try
        {
            return await Http.SendAsync(request);
        }
        catch (HttpRequestException exception) when (exception.InnerException is IOException)
        {
            return null; // the server closed while the client was still sending; that, too, is an end
        }
    }
}
