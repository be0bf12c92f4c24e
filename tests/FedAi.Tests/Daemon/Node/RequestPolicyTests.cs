using FedAi.Daemon.Node;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;
using NodeLimits = FedAi.Daemon.Node.NodeLimits;

namespace FedAi.Tests.Daemon.Node;

/// <summary>Each limit of a node at its border and one beyond, with the status it is refused with (FAX-06).</summary>
public sealed class RequestPolicyTests
{
    private const int MaxTokens = 100, MaxPromptBytes = 1000, Context = 512;

    private static readonly RunnerModel Model = new("model", Context, null) { Features = [ModelFeatures.Embeddings] };

    public static TheoryData<string, int, int, ErrorCode, int> Limits => new()
    {
        { "prompt bytes", MaxPromptBytes, MaxPromptBytes + 1, ErrorCode.PromptTooLarge, 413 },
        { "message bytes", MaxPromptBytes, MaxPromptBytes + 1, ErrorCode.PromptTooLarge, 413 },
        { "input bytes", MaxPromptBytes, MaxPromptBytes + 1, ErrorCode.PromptTooLarge, 413 },
        { "answer tokens", MaxTokens, MaxTokens + 1, ErrorCode.MaxTokensExceeded, 400 },
        // 900 characters are 225 tokens by the estimate that all peers share.
        { "context", Context - 225, Context - 224, ErrorCode.ContextWindowExceeded, 400 },
        { "id characters", 128, 129, ErrorCode.InvalidRequest, 400 },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void Check_AtTheLimit_IsTakenAndOneBeyondIsRefused(string what, int most, int tooMuch, ErrorCode code, int status)
    {
        var limits = new NodeLimits(1, what == "context" ? Context : MaxTokens, MaxPromptBytes, TimeSpan.FromSeconds(1));

        RequestPolicy.Check(Of(what, most), limits, [Model]).ShouldBeNull();
        var refusal = RequestPolicy.Check(Of(what, tooMuch), limits, [Model]).ShouldNotBeNull();

        (refusal.Code, refusal.Code.HttpStatus()).ShouldBe((code, status));
        refusal.Hint.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public void Check_BytesOfLongCharacters_AreBytesNotCharacters()
    {
        var limits = new NodeLimits(1, MaxTokens, MaxPromptBytes, TimeSpan.FromSeconds(1));

        RequestPolicy.Check(Ask() with { Prompt = new string('é', MaxPromptBytes / 2) }, limits, [Model]).ShouldBeNull();
        RequestPolicy.Check(Ask() with { Prompt = new string('é', (MaxPromptBytes / 2) + 1) }, limits, [Model])!.Code.ShouldBe(ErrorCode.PromptTooLarge);
    }

    [Fact]
    public void Check_ModelThatIsNotThere_SaysWhetherItMayCome()
    {
        var limits = new NodeLimits(1, MaxTokens, MaxPromptBytes, TimeSpan.FromSeconds(1));

        RequestPolicy.Check(Ask(), limits, [])!.Code.ShouldBe(ErrorCode.ModelLoading);
        RequestPolicy.Check(Ask() with { ModelId = "other" }, limits, [Model])!.Code.ShouldBe(ErrorCode.ModelNotFound);
    }

    [Fact]
    public void Check_JobOfASmallRole_IsBoundByItsOwnLimitsAndNotTheModels()
    {
        var limits = new NodeLimits(1, MaxTokens, MaxPromptBytes, TimeSpan.FromSeconds(1)) { MaxRoleBytes = 4 * MaxPromptBytes };
        RunnerModel[] models = [Model, new(RoleTypes.Prepost, 131_072, null)];
        InferenceRequest Job(int bytes, int tokens) => Ask() with { ModelId = RoleTypes.Prepost, Prompt = new string('x', bytes), MaxTokens = tokens };

        RequestPolicy.Check(Job(4 * MaxPromptBytes, MaxPromptBytes), limits, models).ShouldBeNull();
        RequestPolicy.Check(Job((4 * MaxPromptBytes) + 1, 1), limits, models)!.Code.ShouldBe(ErrorCode.PromptTooLarge);
        RequestPolicy.Check(Job(1, MaxPromptBytes + 1), limits, models)!.Code.ShouldBe(ErrorCode.MaxTokensExceeded);
    }

    private static InferenceRequest Of(string what, int amount) => what switch
    {
        "prompt bytes" => Ask() with { Prompt = new string('x', amount) },
        "message bytes" => Ask() with { Prompt = "", Messages = [new() { Role = "system", Content = new string('x', amount - 400) }, new() { Role = "user", Content = new string('x', 400) }] },
        "input bytes" => Ask() with { Prompt = "", JobType = RouterJobType.Embedding, MaxTokens = 1, Inputs = [new string('x', amount)] },
        "answer tokens" => Ask() with { MaxTokens = amount },
        "context" => Ask() with { Prompt = new string('x', 900), MaxTokens = amount },
        _ => Ask() with { RequestId = new string('r', amount) },
    };

    private static InferenceRequest Ask() => new() { RequestId = "r", ModelId = "model", Prompt = "x", MaxTokens = 10 };
}
