using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Protocol.Rules;

public sealed class TokenEstimateTests
{
    [Fact]
    public void Of_Request_CountsWhatAnOlderPeerWouldGet()
    {
        TokenEstimate.Of(ProtocolSamples.PlainRequest).ShouldBe(TokenEstimate.Of(ProtocolSamples.PlainRequest.Prompt));
        TokenEstimate.Of(ProtocolSamples.Request).ShouldBe(TokenEstimate.Of("system: Be brief.\nuser: Was heißt föderiert? 😀"));
    }

    /// <summary>DECISIONS E4: 64 + 32 per message + UTF-8 bytes, with everything a chat template may print.</summary>
    [Fact]
    public void MaxInput_CountsEveryTextOfTheRequest()
    {
        TokenEstimate.MaxInput(ProtocolSamples.PlainRequest).ShouldBe(64 + 27);
        TokenEstimate.MaxInput(ProtocolSamples.Request).ShouldBe(64 + (2 * 32) + 9 + 27);
        var call = new ChatMessage { Role = "assistant", Content = "", Name = "é", ToolCallId = "1234", ToolCalls = [new ToolCall { Id = "1", Name = "22", Arguments = "333" }] };
        TokenEstimate.MaxInput(ProtocolSamples.Request with { Messages = [call] }).ShouldBe(64 + 32 + 2 + 4 + 6);
    }
}
