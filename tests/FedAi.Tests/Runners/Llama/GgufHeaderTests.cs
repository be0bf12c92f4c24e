using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

public sealed class GgufHeaderTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TryRead_DemoModel_KnowsItsContextAndCache()
    {
        using var file = File.OpenRead(DemoModel.Path);
        var header = GgufHeader.TryRead(file, out var problem).ShouldNotBeNull(problem);
        header.ContextTokens.ShouldBe(512);
        header.CacheBytesPerToken.ShouldBe(2 * 2 * 4 * 2 * 64); // keys and values, 16 bits, 4 layers, 2 heads of 64
    }

    [Fact]
    public void TryRead_ModelWithoutKeyValueHeads_CountsAllHeads()
    {
        TinyGguf.WriteRandom(folder.File("tiny.gguf"), embedding: 64, layers: 3, heads: 4);
        using var file = File.OpenRead(folder.File("tiny.gguf"));
        GgufHeader.TryRead(file, out _)!.CacheBytesPerToken.ShouldBe(2 * 2 * 3 * 64);
    }

    [Fact]
    public void TryRead_CutAnywhereOrDamaged_NeverThrowsNorReadsWhatIsNotThere()
    {
        TinyGguf.WriteRandom(folder.File("tiny.gguf"));
        var whole = File.ReadAllBytes(folder.File("tiny.gguf"));
        var header = whole.AsSpan().IndexOf("token_embd"u8) - 8;
        for (var length = 0; length < header; length += 7) Read(whole[..length]).ShouldBeFalse($"cut after {length}");
        Read(whole[..header]).ShouldBeTrue();

        var random = new Random(1);
        for (var round = 0; round < 5000; round++)
        {
            byte[] damaged = [.. whole[..header]];
            for (var i = 0; i < 4; i++) damaged[random.Next(damaged.Length)] = (byte)(random.Next(3) * 127);
            Read(damaged);
        }
    }

    private static bool Read(byte[] bytes)
    {
        var header = GgufHeader.TryRead(new MemoryStream(bytes), out var problem);
        (header is null).ShouldBe(problem is not null);
        header?.CacheBytesPerToken.ShouldBeGreaterThanOrEqualTo(0);
        return header is not null;
    }
}
