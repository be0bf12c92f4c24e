using FedAi.Runners.Library;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Library;

public sealed class ModelLibraryTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Hash_FileUnchanged_IsNotReadAgainEvenByAnotherProcess()
    {
        var file = folder.File("a");
        File.WriteAllText(file, "hello");
        var read = new Counter();
        var known = folder.File("hashes.json");

        var first = await new ModelHashes(known).OfAsync(file, read, CancellationToken.None);
        var second = await new ModelHashes(known).OfAsync(file, read, CancellationToken.None);

        (first, second, read.Count).ShouldBe(("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", first, 1));
    }

    [Fact]
    public async Task Hash_ContentChangedAndItsTimeSetBack_IsReadAgain()
    {
        var file = folder.File("a");
        File.WriteAllText(file, "hello");
        var hashes = new ModelHashes(null);
        var first = await hashes.OfAsync(file, null, CancellationToken.None);
        var time = File.GetLastWriteTimeUtc(file);

        File.WriteAllText(file, "HELLO");
        File.SetLastWriteTimeUtc(file, time);

        (await hashes.OfAsync(file, null, CancellationToken.None)).ShouldNotBe(first);
    }

    [Fact]
    public async Task Hash_FileOfKnownHashesIsDamaged_IsReadAgain()
    {
        var (file, known) = (folder.File("a"), folder.File("hashes.json"));
        File.WriteAllText(file, "hello");
        File.WriteAllText(known, "{ what");

        (await new ModelHashes(known).OfAsync(file, null, CancellationToken.None)).ShouldStartWith("2cf24d");
    }

    [Theory]
    [InlineData("folder", "it is a folder")]
    [InlineData("pipe", "it is a pipe")]
    [InlineData("/dev/zero", "it is a device")]
    [InlineData("nothing", "No such file")]
    public void Fit_OfWhatIsNoFile_IsRefusedWithoutOpeningIt(string what, string reason)
    {
        Directory.CreateDirectory(folder.File("folder"));
        System.Diagnostics.Process.Start("mkfifo", folder.File("pipe")).WaitForExit();

        ModelFit.OfFile(Path.Combine(folder.Path, what), 512, 1, gpuLayers: null, out var problem).ShouldBeNull();

        problem.ShouldNotBeNull().ShouldContain(reason);
    }

    [Fact]
    public async Task Take_AtOnce_EachIsInTheIndex()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var library = new ModelLibrary(folder.Path, TimeProvider.System); // as separate processes would
            File.WriteAllText(library.PartOf($"m{i}"), $"{i}");
            (await library.TakeAsync($"m{i}", null, "test", new Progress<long>(), CancellationToken.None)).Problem.ShouldBeNull();
        }));

        new ModelLibrary(folder.Path, TimeProvider.System).Read().Select(entry => entry.Name).Order().ShouldBe(Enumerable.Range(0, 20).Select(i => $"m{i}").Order());
    }

    [Theory]
    [InlineData(false, true, null, true, ModelState.Archived)]
    [InlineData(true, true, "it hurts", true, ModelState.Failed)]
    [InlineData(true, false, "it hurts", false, ModelState.Failed)]
    [InlineData(true, true, null, true, ModelState.Active)]
    [InlineData(true, false, null, true, ModelState.Active)]
    [InlineData(true, true, null, false, ModelState.Inactive)]
    [InlineData(true, false, null, false, ModelState.Pending)]
    public void State_OfAModel_IsTheFirstThatHolds(bool isHere, bool isTested, string? problem, bool isOffered, ModelState state) =>
        ModelRules.State(isHere, isTested, problem, isOffered).ShouldBe(state);

    [Fact]
    public void Read_DamagedIndex_NamesTheFileAndWhatToDo()
    {
        File.WriteAllText(folder.File("index.json"), "{");

        Should.Throw<InvalidDataException>(() => new ModelLibrary(folder.Path, TimeProvider.System).Read()).Message.ShouldContain("index.json is damaged");
    }

    [Fact]
    public void Problem_LinkOutOfTheFolder_IsNamed()
    {
        var library = new ModelLibrary(folder.File("models"), TimeProvider.System);
        Directory.CreateDirectory(library.Folder);
        File.WriteAllText(folder.File("outside.gguf"), "");
        File.WriteAllText(Path.Combine(library.Folder, "real.gguf"), "");
        File.CreateSymbolicLink(Path.Combine(library.Folder, "out.gguf"), folder.File("outside.gguf"));
        File.CreateSymbolicLink(Path.Combine(library.Folder, "in.gguf"), "real.gguf");
        File.CreateSymbolicLink(Path.Combine(library.Folder, "loop.gguf"), "loop.gguf");

        library.Files().Where(file => library.Problem(file) is not null).Select(Path.GetFileName).ShouldBe(["loop.gguf", "out.gguf"]);
    }

    [Theory]
    [InlineData("Llama-3.2-1B-Q4_K_M.gguf", "Llama-3.2-1B-Q4_K_M")]
    [InlineData("a model (1).GGUF", "a-model--1-")]
    [InlineData("..gguf", "")]
    [InlineData("-rf.gguf", "rf")]
    public void NameFrom_FileName_IsPlain(string fileName, string name)
    {
        ModelRules.NameFrom(fileName).ShouldBe(name);
        (ModelRules.NameProblem(name) is null).ShouldBe(name.Length > 0);
    }

    private sealed class Counter : IProgress<long>
    {
        public int Count { get; private set; }

        public void Report(long value) => Count++;
    }
}
