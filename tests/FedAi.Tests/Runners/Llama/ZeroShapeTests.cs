using FedAi.Protocol.Messages;
using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

public sealed class ZeroShapeTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1u, false)]
    [InlineData(2u, false)]
    [InlineData(8u, false)]
    [InlineData(8u, true)]
    [InlineData(12u, false)]
    [InlineData(14u, false)]
    public async Task ZeroShape_Written_IsAModelThatRuns(uint format, bool noise)
    {
        var shape = new ZeroShape(format, 256, 64, 3, 512);
        shape.Write(folder.File("zeros.gguf"), contextTokens: 64, noise);

        var read = ModelShape.TryRead(folder.File("zeros.gguf"), out var problem).ShouldNotBeNull(problem);
        (read.Layers, read.Heads, read.HeadSize, read.ContextTokens).ShouldBe((3, 4, 64, 64));
        var numbers = read.Weights.Single(weights => weights.Format == format);
        // The output beside its blocks.
        numbers.Count.ShouldBe(shape.Numbers + (258 * 256));
        (numbers.BytesEach * shape.Numbers).ShouldBe(shape.Bytes);
        await using var runner = await DemoModel.StartAsync(DemoModel.Options with { ModelPath = folder.File("zeros.gguf"), ModelId = "zeros", ContextTokens = 64 });
        var steps = await runner.StreamAsync(new InferenceRequest { RequestId = "1", ModelId = "zeros", Prompt = "!!", MaxTokens = 20, Temperature = 0 }, default).ToListAsync();
        steps.OfType<InferenceEnd>().ShouldHaveSingleItem().OutputTokens.ShouldBe(20);
        var answer = string.Concat(steps.OfType<InferenceDelta>().Select(delta => delta.Text));
        (answer.Length, answer.Distinct().Count() > 1).ShouldBe((20, noise), answer);
    }
}
