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
        for (var length = header; length < whole.Length * 9 / 10; length += 4001) Read(whole[..length]).ShouldBeFalse($"cut after {length}");
        Read(whole).ShouldBeTrue();

        var random = new Random(1);
        for (var round = 0; round < 20_000; round++)
        {
            byte[] damaged = [.. whole[..(header + 2000)]];
            for (var i = 0; i < 4; i++) damaged[random.Next(damaged.Length)] = (byte)(random.Next(3) * 127);
            Read(damaged);
            GgufHeader.TryRead(new MemoryStream(damaged), whole.Length, out _);
        }
    }

    [Theory]
    [InlineData("pairs without end", 16, ulong.MaxValue)]
    [InlineData("tensors without end", 8, ulong.MaxValue)]
    [InlineData("a key of 2^63 bytes", 24, 1UL << 63)]
    [InlineData("a key of 4 GiB", 24, 1UL << 32)]
    public void TryRead_AbsurdNumber_IsRefused(string what, int offset, ulong number)
    {
        var bytes = TinyGguf.RandomBytes();
        BitConverter.TryWriteBytes(bytes.AsSpan(offset), number).ShouldBeTrue();
        Read(bytes).ShouldBeFalse(what);
    }

    [Theory]
    [InlineData(1UL << 63)]
    [InlineData(100UL << 30)] // 100 GiB of weights in a file of 457 KiB
    [InlineData(ulong.MaxValue)]
    public void TryRead_WeightsLargerThanTheFile_AreRefused(ulong rows)
    {
        var bytes = TinyGguf.RandomBytes();
        var first = bytes.AsSpan().IndexOf("token_embd.weight"u8) + "token_embd.weight".Length + 4 + 8; // behind its dimensions' count and first dimension
        BitConverter.TryWriteBytes(bytes.AsSpan(first), rows).ShouldBeTrue();
        GgufHeader.TryRead(new MemoryStream(bytes), out var problem).ShouldBeNull();
        problem.ShouldNotBeNull().ShouldContain("damaged or cut off");
    }

    [Fact]
    public void TryRead_GigabytesOfEmptyTexts_EndsSoonAndKeepsNothing()
    {
        // The largest count that the file's length allows, over a hole of 4 TiB: a text of length 0 every eight bytes.
        TinyGguf.WriteRandom(folder.File("tiny.gguf"));
        using var file = File.Open(folder.File("tiny.gguf"), FileMode.Open);
        var start = new byte[65_536];
        file.ReadExactly(start);
        var tokens = start.AsSpan().IndexOf("tokenizer.ggml.tokens"u8) + "tokenizer.ggml.tokens".Length + 8; // behind its type and its elements' type
        file.SetLength(1L << 42);
        file.Position = tokens;
        file.Write(BitConverter.GetBytes(1UL << 38));
        file.Write(new byte[65_536]);
        file.Position = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();

        GgufHeader.TryRead(file, out var problem).ShouldBeNull();

        problem.ShouldNotBeNull();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Fact]
    public void TryRead_KeysWithoutEnd_KeepsAFew()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write("GGUF"u8);
        writer.Write(3);
        writer.Write(0L);
        writer.Write(65_536L);
        var key = new byte[200];
        "x.block_count"u8.CopyTo(key.AsSpan(200 - 13));
        for (var i = 0; i < 65_536; i++)
        {
            BitConverter.TryWriteBytes(key, i);
            writer.Write(200L);
            writer.Write(key);
            writer.Write(4);
            writer.Write(1);
        }
        bytes.Position = 0;

        GgufHeader.TryRead(bytes, out var problem).ShouldNotBeNull(problem);
        bytes.Position = 0;
        GgufHeader.TryRead(new MemoryStream(bytes.ToArray()[..1_000_000]), bytes.Length, out problem)!.IsEnough.ShouldBeFalse();
    }

    [Fact]
    public void TryRead_StartOfAFile_IsEnoughOnceTheVocabularyBegins()
    {
        var whole = File.ReadAllBytes(DemoModel.Path);
        var vocabulary = whole.AsSpan().IndexOf("tokenizer.ggml.tokens"u8) + 40;

        GgufHeader.TryRead(new MemoryStream(whole[..100]), whole.Length, out _).ShouldNotBeNull().IsEnough.ShouldBeFalse();
        var header = GgufHeader.TryRead(new MemoryStream(whole[..vocabulary]), whole.Length, out _).ShouldNotBeNull();
        (header.IsEnough, header.CacheBytesPerToken).ShouldBe((true, 2 * 2 * 4 * 2 * 64));
    }

    private static bool Read(byte[] bytes)
    {
        var header = GgufHeader.TryRead(new MemoryStream(bytes), out var problem);
        (header is null).ShouldBe(problem is not null);
        header?.CacheBytesPerToken.ShouldBeGreaterThanOrEqualTo(0);
        return header is not null;
    }
}
