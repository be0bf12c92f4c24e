using FedAi.LlamaHost;
using FedAi.LlamaHost.Native;
using FedAi.Runners.Llama;
using FedAi.Runners.Llama.Pipe;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

/// <summary>What of a model goes where, and what is said when there is no room (RRS-18). The rules alone: no test machine has a GPU.</summary>
public sealed class MemoryRulesTests : IDisposable
{
    private const long GiB = 1L << 30, MiB = 1L << 20;

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0, 30, 0)]   // all here
    [InlineData(-1, 0, 30)]  // all there: the output is one more than the layers
    [InlineData(3, 0, 30)]
    [InlineData(99, 0, 30)]
    [InlineData(1, 20, 10)]
    [InlineData(2, 10, 20)]
    public void Needed_LayersOnTheGpu_AreNotCountedAsMemory(int gpuLayers, long here, long there)
    {
        var header = Header(layers: 2, out var cachePerToken);
        var need = MemoryRules.Needed(30 * GiB, header, 512, slots: 1, gpuLayers);
        var cache = 512 * cachePerToken;

        need.MappedBytes.ShouldBe(here * GiB);
        need.MemoryBytes.ShouldBeInRange(here * GiB + cache * here / 30 + 128 * MiB, here * GiB + cache * here / 30 + 128 * MiB + 1);
        need.GpuBytes.ShouldBe(there == 0 ? 0 : there * GiB + cache * there / 30 + 256 * MiB);
    }

    [Fact]
    public void Needed_ModelThatFitsTheGpuAndNotMemory_Fits()
    {
        var header = Header(layers: 2, out _);

        MemoryRules.Problem(MemoryRules.Needed(30 * GiB, header, 512, 1).MemoryBytes, available: 16 * GiB).ShouldNotBeNull();
        var need = MemoryRules.Needed(30 * GiB, header, 512, 1, gpuLayers: -1);
        MemoryRules.Problem(need.MemoryBytes, available: 16 * GiB).ShouldBeNull();
        MemoryRules.GpuProblem(need.GpuBytes, available: 40 * GiB).ShouldBeNull();
    }

    [Fact]
    public void Needed_FileThatClaimsAnything_StaysCountable()
    {
        var need = MemoryRules.Needed(long.MaxValue, Header(layers: 2, out _), int.MaxValue, 64, gpuLayers: 1);

        (need.MemoryBytes > 0, need.GpuBytes > 0, MemoryRules.Limit(need) > 0).ShouldBe((true, true, true));
    }

    [Fact]
    public void GpuProblem_LayersThatDoNotFit_NamesBothNumbersAndTheNextStep() =>
        MemoryRules.GpuProblem(needed: 9 * GiB, available: 6 * GiB).ShouldNotBeNull().ShouldSatisfyAllConditions(
            text => text.ShouldContain("9216 MiB of the GPU's memory"), text => text.ShouldContain("6144 MiB are free"), text => text.ShouldContain("runner.gpuLayers"));

    [Fact]
    public void Unloadable_WithLayersOnTheGpu_NamesItFirst()
    {
        MemoryRules.Unloadable(gpuBytes: null).ShouldNotContain("GPU");
        MemoryRules.Unloadable(gpuBytes: 6 * GiB).ShouldSatisfyAllConditions(text => text.ShouldContain("layers on the GPU, where 6144 MiB are free"), text => text.ShouldContain("runner.gpuLayers"));
        MemoryRules.NoContext(onGpu: true).ShouldContain("of the GPU");
        MemoryRules.NoContext(onGpu: false).ShouldNotContain("GPU");
    }

    [Theory]
    [InlineData(-1, 8000L, 5000L, 33)]
    [InlineData(10, 8000L, 5000L, 10)]
    [InlineData(99, 8000L, 5000L, 33)]
    [InlineData(-1, 8000L, 8000L, 0)] // nothing went there, whatever was asked for
    [InlineData(0, 8000L, 5000L, 0)]
    [InlineData(-1, null, null, 0)]
    public void LayersThere_OnlyWhereMemoryWasTaken(int asked, long? before, long? after, int layers) =>
        MemoryRules.LayersThere(asked, layers: 33, before, after).ShouldBe(layers);

    [Fact]
    public void Load_LayersForAGpuThatIsNotThere_IsRefusedByName()
    {
        var libraries = LlamaFiles.FindLibraries(null)!;
        NativeLibraries.TryLoad(libraries).ShouldBeNull();
        var settings = new LoadSettings(libraries, DemoModel.Path, 512, Slots: 1, Threads: 1, MemoryBytes: 0);

        LoadedModel.TryLoad(settings with { GpuLayers = -1, GpuBytes = GiB }, _ => { }, out var problem).ShouldBeNull();
        using var here = LoadedModel.TryLoad(settings, _ => { }, out _).ShouldNotBeNull();

        problem!.ShouldContain("no GPU");
        here.GpuLayers.ShouldBe(0);
        BackendMemory.GpuFreeBytes().ShouldBeNull();
        BackendMemory.FreeBytes(type => type is BackendDeviceType.Cpu).ShouldNotBeNull().ShouldBeInRange(16 * MiB, 1L << 50);
    }

    private GgufHeader Header(int layers, out long cachePerToken)
    {
        var path = folder.File("model.gguf");
        TinyGguf.WriteRandom(path, layers: layers);
        using var file = File.OpenRead(path);
        var header = GgufHeader.TryRead(file, out _).ShouldNotBeNull();
        cachePerToken = header.CacheBytesPerToken;
        header.Layers.ShouldBe(layers);
        return header;
    }
}
