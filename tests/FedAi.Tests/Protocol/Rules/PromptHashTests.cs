using System.Security.Cryptography;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Protocol.Rules;

/// <summary>DECISIONS E3 and E4: the expected values are computed here with the framework's own primitives.</summary>
public sealed class PromptHashTests
{
    private const string Messages = """[{"content":"Be brief.","role":"system"},{"content":"Was heißt föderiert? 😀","role":"user"}]""";
    private const string Lines = "system: Be brief.\nuser: Was heißt föderiert? 😀";

    [Fact]
    public void Of_WithoutSalt_IsSha256OfThePrompt() =>
        PromptHash.Of(ProtocolSamples.PlainRequest).ShouldBe(Sha256("Was heißt föderiert? 😀"));

    [Fact]
    public void Of_WithSalt_IsHmacOfTheCanonicalMessages() =>
        PromptHash.Of(ProtocolSamples.Request).ShouldBe(Hmac(Messages));

    [Fact]
    public void Of_WithSaltAndNoMessages_IsHmacOfThePrompt() =>
        PromptHash.Of(ProtocolSamples.PlainRequest with { Salt = ProtocolSamples.Salt }).ShouldBe(Hmac("Was heißt föderiert? 😀"));

    /// <summary>The prompt is empty towards peers that know chat (E2); a hash of nothing would let any prompt pass.</summary>
    [Fact]
    public void Plain_MessagesBesideAnEmptyPrompt_HashesTheirLines()
    {
        PromptHash.Plain(ProtocolSamples.Request).ShouldBe(Sha256(Lines));
        PromptHash.Of(ProtocolSamples.Request with { Salt = null }).ShouldBe(Sha256(Lines));
        PromptHash.PlainBytes(ProtocolSamples.Request).ShouldBe(ProtocolSamples.Utf8(Lines).Length);
    }

    [Fact]
    public void Plain_PromptBesideMessages_HashesThePromptAsSent() =>
        PromptHash.Plain(ProtocolSamples.Request with { Prompt = "as sent" }).ShouldBe(Sha256("as sent"));

    [Fact]
    public void PromptBytes_CountUtf8OfWhatWasAsked()
    {
        PromptHash.PromptBytes(ProtocolSamples.PlainRequest).ShouldBe(27);
        PromptHash.PromptBytes(ProtocolSamples.Request).ShouldBe(9 + 27);
    }

    /// <summary>Who changes a tool changes what was asked.</summary>
    [Fact]
    public void Of_WithTools_IsHmacOfAllThatWasAsked()
    {
        var request = ProtocolSamples.Request with { Tools = Json("""[{"b":1,"a":2}]"""), ToolChoice = Json("\"auto\""), ResponseFormat = Json("""{"type":"text"}""") };

        PromptHash.Of(request).ShouldBe(Hmac($$"""{"messages":{{Messages}},"responseFormat":{"type":"text"},"toolChoice":"auto","tools":[{"a":2,"b":1}]}"""));
        PromptHash.Of(request with { Tools = JsonInText.Write(request.Tools!.Value) })
            .ShouldBe(Hmac($$"""{"messages":{{Messages}},"responseFormat":{"type":"text"},"toolChoice":"auto","tools":"[{\"b\":1,\"a\":2}]"}"""));
    }

    [Fact]
    public void Of_Inputs_IsHmacOfTheList()
    {
        var request = ProtocolSamples.PlainRequest with { Prompt = "", JobType = RouterJobType.Embedding, Inputs = ["a", "b\nc"], Salt = ProtocolSamples.Salt };

        PromptHash.Of(request).ShouldBe(Hmac("""{"inputs":["a","b\nc"]}"""));
        PromptHash.Plain(request).ShouldBe(Sha256("a\nb\nc"));
        PromptHash.PromptBytes(request).ShouldBe(5);
    }

    [Fact]
    public void OutputHash_ToolCalls_AreCovered()
    {
        var call = new ToolCall { Id = "call_1", Name = "add", Arguments = """{"a":1}""" };

        OutputHash.Of(ProtocolSamples.Request, "so", [call]).ShouldBe(Hmac("""so[{"arguments":"{\"a\":1}","id":"call_1","name":"add"}]"""));
        OutputHash.Of(ProtocolSamples.Request, "so", []).ShouldBe(Hmac("so"));
    }

    [Fact]
    public void OutputHash_FollowsTheSaltOfTheRequest()
    {
        OutputHash.Of(ProtocolSamples.PlainRequest, "größer").ShouldBe(Sha256("größer"));
        OutputHash.Of(ProtocolSamples.Request, "größer").ShouldBe(Hmac("größer"));
        OutputHash.Of(ProtocolSamples.PlainRequest, "").ShouldBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    [Fact]
    public void Of_EveryMemberOfAMessage_IsCovered()
    {
        var message = new ChatMessage { Role = "assistant", Content = "c", Name = "n", ToolCallId = "t", ToolCalls = [new ToolCall { Id = "i", Name = "f", Arguments = "{}" }] };
        ChatMessage[] variants =
        [
            message, message with { Role = "user" }, message with { Content = "C" }, message with { Name = null }, message with { ToolCallId = "u" }, message with { ToolCalls = null },
            message with { ToolCalls = [message.ToolCalls[0] with { Arguments = "[]" }] },
        ];
        variants.Select(variant => PromptHash.Of(ProtocolSamples.Request with { Messages = [variant] })).Distinct().Count().ShouldBe(variants.Length);
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(ProtocolSamples.Utf8(text)));

    private static System.Text.Json.JsonElement Json(string json) => System.Text.Json.JsonElement.Parse(json);

    private static string Hmac(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromBase64String(ProtocolSamples.Salt), ProtocolSamples.Utf8(text)));
}
