using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Protocol.Rules;

public sealed class RequestValuesTests
{
    private static readonly ChatMessage Hello = new() { Role = "user", Content = "hello" };

    public static TheoryData<string, Func<InferenceRequest, InferenceRequest>, ErrorCode> Senseless => new()
    {
        { "requestId empty", request => request with { RequestId = "" }, ErrorCode.InvalidRequest },
        { "requestId long", request => request with { RequestId = new string('r', 129) }, ErrorCode.InvalidRequest },
        { "requestId with a line break", request => request with { RequestId = "r\r\nset-cookie: a=b" }, ErrorCode.InvalidRequest },
        { "requestId with a blank", request => request with { RequestId = "r 1" }, ErrorCode.InvalidRequest },
        { "requestId outside ASCII", request => request with { RequestId = "é" }, ErrorCode.InvalidRequest },
        { "modelId empty", request => request with { ModelId = "" }, ErrorCode.InvalidRequest },
        { "modelId long", request => request with { ModelId = new string('m', 257) }, ErrorCode.InvalidRequest },
        { "modelId with a line break", request => request with { ModelId = "m\n" }, ErrorCode.InvalidRequest },
        { "maxTokens 0", request => request with { MaxTokens = 0 }, ErrorCode.InvalidRequest },
        { "maxTokens negative", request => request with { MaxTokens = -1 }, ErrorCode.InvalidRequest },
        { "maxTokens with a fraction", request => request with { MaxTokens = 1.5 }, ErrorCode.InvalidRequest },
        { "maxTokens huge", request => request with { MaxTokens = 1e300 }, ErrorCode.InvalidRequest },
        { "maxTokens not a number", request => request with { MaxTokens = double.NaN }, ErrorCode.InvalidRequest },
        { "temperature negative", request => request with { Temperature = -0.1 }, ErrorCode.InvalidRequest },
        { "temperature huge", request => request with { Temperature = 1e9 }, ErrorCode.InvalidRequest },
        { "topP above 1", request => request with { TopP = 1.1 }, ErrorCode.InvalidRequest },
        { "minP negative", request => request with { MinP = -0.1 }, ErrorCode.InvalidRequest },
        { "presencePenalty huge", request => request with { PresencePenalty = -1000 }, ErrorCode.InvalidRequest },
        { "frequencyPenalty huge", request => request with { FrequencyPenalty = 1000 }, ErrorCode.InvalidRequest },
        { "cacheKey long", request => request with { CacheKey = new string('c', 257) }, ErrorCode.InvalidRequest },
        { "salt short", request => request with { Salt = Convert.ToBase64String(new byte[31]) }, ErrorCode.InvalidRequest },
        { "salt long", request => request with { Salt = Convert.ToBase64String(new byte[33]) }, ErrorCode.InvalidRequest },
        { "salt no base64", request => request with { Salt = new string('*', 44) }, ErrorCode.InvalidRequest },
        { "stop empty text", request => request with { Stop = ["a", ""] }, ErrorCode.InvalidRequest },
        { "stop long text", request => request with { Stop = [new string('s', 257)] }, ErrorCode.InvalidRequest },
        { "stop many", request => request with { Stop = [.. Enumerable.Repeat("s", 17)] }, ErrorCode.InvalidRequest },
        { "messages many", request => request with { Messages = [.. Enumerable.Repeat(Hello, 4097)] }, ErrorCode.InvalidRequest },
        { "messages role", request => request with { Messages = [Hello with { Role = "developer" }] }, ErrorCode.InvalidRequest },
        { "messages empty", request => request with { Messages = [] }, ErrorCode.EmptyMessages },
        { "prompt empty", request => request with { Messages = null, Prompt = "" }, ErrorCode.EmptyMessages },
    };

    [Theory]
    [MemberData(nameof(Senseless))]
    public void Problem_SenselessValue_IsNamed(string what, Func<InferenceRequest, InferenceRequest> change, ErrorCode code)
    {
        RequestValues.Problem(ProtocolSamples.Request).ShouldBeNull();
        RequestValues.Problem(ProtocolSamples.PlainRequest).ShouldBeNull();

        var problem = RequestValues.Problem(change(ProtocolSamples.Request)).ShouldNotBeNull(what);

        problem.Code.ShouldBe(code, what);
        problem.Hint.ShouldStartWith(what.Split(' ')[0] is "messages" && code == ErrorCode.InvalidRequest ? "A" : what.Split(' ')[0]);
    }

    [Fact]
    public void Problem_ValuesAtTheEdge_Pass() => RequestValues.Problem(ProtocolSamples.Request with
    {
        RequestId = new string('~', 128),
        ModelId = "Ünïcode/модель " + new string('m', 240),
        MaxTokens = 10_000_000,
        Temperature = 0,
        TopP = 1,
        MinP = 0,
        Stop = [.. Enumerable.Repeat(new string('s', 256), 16)],
        Messages = [.. Enumerable.Repeat(Hello, 4096)],
        CacheKey = new string('c', 256),
    }).ShouldBeNull();
}
