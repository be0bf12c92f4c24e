using FedAi.Protocol.Messages;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

/// <summary>How tokens are chosen, with a model of random weights: nothing is likely by itself, so each setting shows.</summary>
public sealed class SamplingTests : IAsyncLifetime
{
    private static readonly InferenceRequest Request = DemoModel.Ask("Say something.") with { MaxTokens = 40 };

    private readonly TempFolder folder = new();
    private LlamaRunner runner = null!;

    public async Task InitializeAsync()
    {
        TinyGguf.WriteRandom(folder.File("random.gguf"));
        runner = await DemoModel.StartAsync(new() { ModelPath = folder.File("random.gguf"), ModelId = DemoModel.Id });
    }

    public async Task DisposeAsync()
    {
        await runner.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Seed_Same_MakesTheSameTextAndOthersDoNot()
    {
        var texts = new List<string>();
        foreach (var seed in (long[])[7, 7, 8, -9]) texts.Add(await TextAsync(Request with { Temperature = 1, Seed = seed }));
        texts[1].ShouldBe(texts[0]);
        texts.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Seed_Absent_IsAnotherOneEachTime() =>
        (await TextAsync(Request with { Temperature = 1 })).ShouldNotBe(await TextAsync(Request with { Temperature = 1 }));

    [Fact]
    public async Task Temperature_Zero_IgnoresTheSeed() =>
        (await TextAsync(Request with { Seed = 1 })).ShouldBe(await TextAsync(Request with { Seed = 2 }));

    [Theory]
    [InlineData(1L, null, null)]
    [InlineData(null, 0.0001, null)]
    [InlineData(null, null, 1.0)]
    public async Task TopKTopPMinP_LeavingOneToken_AreGreedy(long? topK, double? topP, double? minP) =>
        (await TextAsync(Request with { Temperature = 1, TopK = topK ?? 0, TopP = topP ?? 1, MinP = minP ?? 0 })).ShouldBe(await TextAsync(Request));

    [Fact]
    public async Task LogitBias_Highest_ForcesTheToken() =>
        (await TextAsync(Request with { LogitBias = new Dictionary<string, double> { ["120"] = 100 } })).ShouldBe(new string('x', 40));

    [Fact]
    public async Task FrequencyPenalty_Highest_RepeatsLess()
    {
        var plain = await TextAsync(Request);
        var penalised = await TextAsync(Request with { FrequencyPenalty = 2, PresencePenalty = 2 });
        penalised.Distinct().Count().ShouldBeGreaterThan(plain.Distinct().Count());
    }

    private async Task<string> TextAsync(InferenceRequest request) => DemoRunner.Text(await runner.StreamAsync(request, default).ToListAsync());
}
