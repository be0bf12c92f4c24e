using System.Text.Json;

namespace FedAi.Runners.Library;

/// <summary>
/// The folder <c>models/</c> of a data folder: the files, <c>index.json</c> with what was added, <c>hashes.json</c> with what was read,
/// <c>tests.json</c> with what was tested, and <c>parts/</c> with unfinished downloads. Commands and the daemon use it at once; the index changes under a lock.
/// </summary>
public sealed class ModelLibrary(string folder, TimeProvider time)
{
    private static readonly TimeSpan LockLimit = TimeSpan.FromSeconds(10), LockPause = TimeSpan.FromMilliseconds(50);

    public string Folder { get; } = Path.GetFullPath(folder);

    public ModelHashes Hashes { get; } = new(Path.Combine(folder, "hashes.json"));

    public ModelTests Tests { get; } = new(Path.Combine(folder, "tests.json"));

    private string Parts => Path.Combine(Folder, "parts");

    private string IndexPath => Path.Combine(Folder, "index.json");

    /// <summary>What was added. Throws an <see cref="InvalidDataException"/> when the index is damaged.</summary>
    public IReadOnlyList<ModelEntry> Read()
    {
        try
        {
            return File.Exists(IndexPath) ? JsonSerializer.Deserialize(File.ReadAllBytes(IndexPath), LibraryJson.Default.ModelIndex)?.Models ?? [] : [];
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{IndexPath} is damaged ({exception.Message}); remove it and add the models again, the files stay", exception);
        }
    }

    /// <summary>The *.gguf files that lie in the folder, added or not; full paths in order.</summary>
    public IReadOnlyList<string> Files() =>
        Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder, "*" + ModelRules.Ending).Order(StringComparer.Ordinal)] : [];

    /// <summary>Null, or why a file of the folder is not served without being named: a link to another place can change without the folder's knowledge.</summary>
    public string? Problem(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is null || Path.GetDirectoryName(path) != Folder) return null;
        try
        {
            if (Path.GetDirectoryName(file.ResolveLinkTarget(returnFinalTarget: true)?.FullName) == Folder) return null;
        }
        catch (IOException)
        {
            // it leads in a circle
        }
        return $"{path} is a link that leads out of the folder: add what it leads to (fedai models add FILE), or name it in runner.modelPath";
    }

    /// <summary>The file of the model of this name, else the path as it is; full.</summary>
    public string Resolve(string nameOrPath) =>
        !nameOrPath.Contains('/', StringComparison.Ordinal) && !File.Exists(nameOrPath) && Path.Combine(Folder, nameOrPath + ModelRules.Ending) is var file && File.Exists(file)
            ? file : Path.GetFullPath(nameOrPath);

    /// <summary>The downloads that stopped, or run in another process.</summary>
    public IReadOnlyList<UnfinishedModel> Unfinished() =>
    [
        .. from facts in Directory.Exists(Parts) ? Directory.EnumerateFiles(Parts, "*" + ModelRules.Ending + ".json").Order(StringComparer.Ordinal) : Enumerable.Empty<string>()
           let part = facts[..^".json".Length]
           where File.Exists(part)
           let known = PartialDownload.Read(facts)
           where known is not null
           select new UnfinishedModel(Path.GetFileNameWithoutExtension(part), new FileInfo(part).Length, known.Bytes, known.Source),
    ];

    /// <summary>Throws away what has come of a download.</summary>
    public void Drop(UnfinishedModel model) => DropPart(model.Name);

    /// <summary>Where a model stands that no running daemon serves, and what was wrong with it if it failed.</summary>
    public (ModelState State, string? Problem) Standing(ModelEntry entry)
    {
        var test = Tests.Of(entry.Sha256);
        return (ModelRules.State(File.Exists(PathOf(entry)), test is not null, test?.Problem, isOffered: false), test?.Problem);
    }

    /// <summary>The full path of a file in the folder.</summary>
    public string PathOf(ModelEntry entry) => Path.Combine(Folder, entry.FileName);

    /// <summary>What was added under this name, or as this file.</summary>
    public ModelEntry? Find(string nameOrPath)
    {
        var models = Read();
        return models.FirstOrDefault(entry => entry.Name == nameOrPath) ?? models.FirstOrDefault(entry => PathOf(entry) == Path.GetFullPath(nameOrPath));
    }

    /// <summary>The file into which a model of this name is downloaded; its folder is there.</summary>
    public string PartOf(string name)
    {
        Directory.CreateDirectory(Parts);
        return Path.Combine(Parts, name + ModelRules.Ending);
    }

    /// <summary>Puts a file of another place where the download of a model of this name would be; one that is the model's file already stays where it is.</summary>
    public ModelProblem? Place(string from, string name)
    {
        if (from != FileOf(name)) return FilePlacement.TryPlace(from, PartOf(name));
        DropPart(name);
        return null;
    }

    /// <summary>
    /// Makes what was downloaded or placed the model of this name, in the place of one that has it, once its content is known; a file that is not the
    /// expected one (SHA-256, hex; null: any) is thrown away.
    /// </summary>
    public async Task<(ModelEntry? Entry, ModelProblem? Problem)> TakeAsync(string name, string? expected, string source, IProgress<long> progress, CancellationToken cancellationToken)
    {
        var (part, file) = (PartOf(name), FileOf(name));
        var isPlaced = !File.Exists(part);
        var sha256 = await Hashes.OfAsync(isPlaced ? file : part, progress, cancellationToken).ConfigureAwait(false);
        if (expected is not null && sha256 != expected)
        {
            if (!isPlaced) DropPart(name);
            return (null, new($"{source} is not what was expected{(isPlaced ? "" : " and is thrown away")}: its SHA-256 is {sha256}, expected {expected}"));
        }

        if (!isPlaced) DurableFile.Rename(part, file);
        DropPart(name);
        Hashes.Remember(file, sha256); // the new name changed the file's times, not its content
        var entry = new ModelEntry { Name = name, FileName = Path.GetFileName(file), Sha256 = sha256, Bytes = new FileInfo(file).Length, Source = source, AddedMs = time.GetUtcNow().ToUnixTimeMilliseconds() };
        await ChangeAsync(models => [.. models.Where(one => one.Name != name), entry], cancellationToken).ConfigureAwait(false);
        return (entry, null);
    }

    /// <summary>Takes a model out of the index, then its file away.</summary>
    public async Task RemoveAsync(ModelEntry entry, CancellationToken cancellationToken)
    {
        await ChangeAsync(models => [.. models.Where(one => one.Name != entry.Name)], cancellationToken).ConfigureAwait(false);
        File.Delete(PathOf(entry));
        Hashes.Forget(PathOf(entry));
    }

    private async Task ChangeAsync(Func<IReadOnlyList<ModelEntry>, IReadOnlyList<ModelEntry>> change, CancellationToken cancellationToken)
    {
        await using var held = await HoldAsync(cancellationToken).ConfigureAwait(false);
        DurableFile.Replace(IndexPath, JsonSerializer.SerializeToUtf8Bytes(new ModelIndex { Models = change(Read()) }, LibraryJson.Default.ModelIndex));
    }

    private string FileOf(string name) => Path.Combine(Folder, name + ModelRules.Ending);

    private void DropPart(string name)
    {
        File.Delete(PartOf(name));
        File.Delete(PartOf(name) + ".json");
    }

    private async Task<FileStream> HoldAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        for (var begun = time.GetTimestamp(); ;)
        {
            try
            {
                return new FileStream(Path.Combine(Folder, "index.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(begun) < LockLimit)
            {
                await Task.Delay(LockPause, time, cancellationToken).ConfigureAwait(false); // another command changes it, which takes milliseconds
            }
        }
    }
}
