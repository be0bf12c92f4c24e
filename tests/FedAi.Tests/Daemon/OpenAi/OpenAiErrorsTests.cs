using FedAi.Daemon.OpenAi;
using FedAi.Protocol.Messages;

namespace FedAi.Tests.Daemon.OpenAi;

public sealed class OpenAiErrorsTests
{
    public static TheoryData<ErrorCode> Codes => [.. Enum.GetValues<ErrorCode>()];

    [Theory, MemberData(nameof(Codes))]
    public void From_EveryCode_HasAWholeRow(ErrorCode code)
    {
        var error = OpenAiErrors.From(new Refusal(code));

        error.Status.ShouldBeInRange(400, 599);
        error.Type.ShouldNotBeNullOrEmpty();
        error.Code.ShouldMatch("^[a-z]+(_[a-z]+)*$");
        error.Message.Length.ShouldBeGreaterThan(20);
    }

    [Theory]
    [InlineData(ErrorCode.InvalidSignature)]
    [InlineData(ErrorCode.RouterNotAllowed)]
    [InlineData(ErrorCode.NodeResponseSignatureInvalid)]
    [InlineData(ErrorCode.MeteringTokensImplausible)]
    public void From_FaultBetweenDaemons_IsNotTheClients(ErrorCode code) => OpenAiErrors.From(new Refusal(code)).Status.ShouldBe(502);

    [Fact]
    public void From_ClientsFault_SaysWhatWasFound() =>
        OpenAiErrors.From(new Refusal(ErrorCode.MaxTokensExceeded, "tiny answers with at most 8 tokens.")).ShouldBe(
            new OpenAiError(400, "invalid_request_error", "max_tokens_exceeded", "tiny answers with at most 8 tokens.", "max_tokens", null));

    [Fact]
    public void From_FaultBehind_DoesNotPassOnWordsFromThere() =>
        OpenAiErrors.From(new Refusal(ErrorCode.NodeError, "text of a stranger")).Message.ShouldNotContain("stranger");

    [Fact]
    public void From_Unavailable_SaysWhenToComeBack()
    {
        OpenAiErrors.From(new Refusal(ErrorCode.NoNodes)).RetryAfterSeconds.ShouldBe(2);
        OpenAiErrors.From(new Refusal(ErrorCode.NodeSaturated, RetryAfterSeconds: 7)).RetryAfterSeconds.ShouldBe(7);
        OpenAiErrors.From(new Refusal(ErrorCode.NodeError)).RetryAfterSeconds.ShouldBeNull();
    }
}
