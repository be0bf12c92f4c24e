using System.Runtime.InteropServices;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

/// <summary>Vectors from the real model, through the pipe.</summary>
public sealed class EmbeddingTests(RandomModel random) : IClassFixture<RandomModel>
{
    private const int Dimensions = 64;

    [Fact]
    public async Task Texts_SeveralAtOnce_GetTheVectorsThatEachGetsAlone()
    {
        string[] texts = ["one", "two", new string('y', 700), "a sentence of some length", "one", "x"];
        var together = await VectorsAsync(texts);
        together.Length.ShouldBe(texts.Length);
        for (var i = 0; i < texts.Length; i++) Cosine(together[i], (await VectorsAsync([texts[i]]))[0]).ShouldBeGreaterThan(0.9999, texts[i]);
        Cosine(together[0], together[4]).ShouldBeGreaterThan(0.9999);
        Cosine(together[0], together[3]).ShouldBeLessThan(0.99);
    }

    [Fact]
    public async Task Vectors_HaveLengthOneAndAreCountedInTokens()
    {
        var events = await random.EventsAsync(Ask(["abc", "defgh"]));
        events[0].ShouldBe(new InferenceStarted(8));
        events[^1].ShouldBe(new InferenceEnd("stop", 8, 0));
        foreach (var vector in Decode(events)) vector.Sum(value => (double)value * value).ShouldBe(1, 1e-5);
    }

    [Fact]
    public async Task Embedding_WhileAnswersRun_DisturbsNone()
    {
        var alone = DemoRunner.Text(await random.EventsAsync(RandomModel.Request));
        var answers = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => random.EventsAsync(RandomModel.Request with { MaxTokens = 400 })));
        var vectors = await VectorsAsync([.. Enumerable.Range(0, 100).Select(i => $"text number {i}")]);
        vectors.Length.ShouldBe(100);
        foreach (var answer in await answers) DemoRunner.Text(answer).ShouldStartWith(alone);
    }

    [Fact]
    public async Task Left_WhileItIsMade_LeavesTheModelFree()
    {
        using var cancel = new CancellationTokenSource();
        var texts = Enumerable.Repeat(new string('z', 2000), 1000).ToList();
        var asked = random.Runner.StreamAsync(Ask(texts), cancel.Token).ToListAsync(cancel.Token);
        cancel.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(async () => await asked).WaitAsync(Patience.Limit);
        (await VectorsAsync(["free"])).Length.ShouldBe(1);
    }

    [Theory]
    [InlineData(0, 1, ErrorCode.InvalidRequest)]
    [InlineData(2049, 1, ErrorCode.InvalidRequest)]
    [InlineData(1, 0, ErrorCode.InvalidRequest)]
    [InlineData(1, RandomModel.ContextTokens + 1, ErrorCode.ContextWindowExceeded)]
    [InlineData(1, 3_000_000, ErrorCode.ContextWindowExceeded)]
    public async Task Texts_TooManyEmptyOrTooLong_AreRefused(int count, int length, ErrorCode code) =>
        (await random.EventsAsync(Ask([.. Enumerable.Repeat(new string('a', length), count)]))).ShouldHaveSingleItem()
            .ShouldBeOfType<InferenceFailure>().Refusal.Code.ShouldBe(code);

    [Fact]
    public void Model_SaysThatItMakesVectors() =>
        random.Runner.Models.ShouldHaveSingleItem().Features.ShouldContain(ModelFeatures.Embeddings);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Model_MadeForVectorsOnly_MakesThemItsWayAndWritesNothing(int pooling)
    {
        using var folder = new TempFolder();
        TinyGguf.WriteRandom(folder.File("embeds.gguf"), pooling: pooling);
        await using var runner = await DemoModel.StartAsync(new() { ModelPath = folder.File("embeds.gguf"), ModelId = DemoModel.Id });
        runner.Models.ShouldHaveSingleItem().Generates.ShouldBeFalse();
        var vectors = Decode(await runner.StreamAsync(Ask(["abc", "abd", "bbc"]), default).ToListAsync());
        // A token knows what stood before it: the first of "abc" and "abd" are one, the last of all are three.
        (Cosine(vectors[0], vectors[1]) > 0.9999).ShouldBe(pooling == 2);
        Cosine(vectors[0], vectors[2]).ShouldBeLessThan(0.9999);
        (await runner.StreamAsync(RandomModel.Request with { MaxTokens = 5 }, default).ToListAsync()).ShouldHaveSingleItem()
            .ShouldBeOfType<InferenceFailure>().Refusal.Code.ShouldBe(ErrorCode.InvalidRequest);
    }

    private static InferenceRequest Ask(IReadOnlyList<string> texts) =>
        RandomModel.Request with { JobType = RouterJobType.Embedding, Messages = null, Inputs = texts };

    private async Task<float[][]> VectorsAsync(IReadOnlyList<string> texts) => Decode(await random.EventsAsync(Ask(texts)));

    private static float[][] Decode(List<InferenceEvent> events)
    {
        var delta = events[1].ShouldBeOfType<InferenceDelta>();
        delta.Tokens.ShouldBe(0);
        return [.. MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(delta.Text)).ToArray().Chunk(Dimensions)];
    }

    private static double Cosine(float[] one, float[] other) => one.Zip(other).Sum(pair => (double)pair.First * pair.Second);
}
