using System.Text.Json;
using FedAi.Runners.Llama;

namespace FedAi.Runners.Library;

/// <summary>
/// Gets one model file: asks its server what it is, then fetches it into a part file that survives a broken connection, an
/// end of the program and a full disk, and goes on there the next time (RFC 9110 §14: Range, If-Range).
/// </summary>
public sealed class ModelDownload : IDisposable
{
    /// <summary>How much of the file is read to know what memory the model takes; more only if that was not enough.</summary>
    private static readonly int[] StartBytes = [1 << 20, 8 << 20, 64 << 20];

    /// <summary>So often in a row a try may bring nothing; each waits twice as long as the one before.</summary>
    private const int MostFruitless = 7;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private readonly ModelSource source;
    private readonly string? expected;
    private readonly TimeProvider time;
    private readonly RemoteFile remote;

    /// <param name="source">Where it comes from.</param>
    /// <param name="sha256">What it must be, if the caller knows; else what the hub says counts.</param>
    /// <param name="time">The clock of pauses and time limits.</param>
    public ModelDownload(ModelSource source, string? sha256, TimeProvider time)
    {
        (this.source, expected, this.time) = (source, sha256, time);
        remote = new RemoteFile(source, time);
    }

    /// <summary>Length in bytes; known once it was asked.</summary>
    public long Bytes => remote.Bytes;

    /// <summary>What the file must be, hex; null if neither the caller nor the hub says.</summary>
    public string? Sha256 => expected ?? remote.Sha256;

    /// <summary>Reads the file's first bytes: whether it is a model, and fits into this machine's memory.</summary>
    public async Task<(ModelFit? Fit, ModelProblem? Problem)> AskAsync(int contextTokens, int slots, int? gpuLayers, CancellationToken cancellationToken)
    {
        foreach (var most in StartBytes)
        {
            var (start, problem) = await ReadStartAsync(most, cancellationToken).ConfigureAwait(false);
            if (start is null) return (null, problem);
            var header = GgufHeader.TryRead(start, remote.Bytes, out var wrong);
            if (header is null) return (null, new($"{source.Text} is no model that can be used: {wrong}"));
            if (header.IsEnough) return (ModelFit.Of(header, remote.Bytes, contextTokens, slots, gpuLayers), null);
        }
        return (null, new($"{source.Text} is no model that can be used: the facts about it do not stand at its beginning"));
    }

    /// <summary>Fetches what is missing in the part file; reports the bytes it has. Null when it is whole.</summary>
    public async Task<ModelProblem?> FetchAsync(string part, IProgress<long> progress, CancellationToken cancellationToken)
    {
        var facts = part + ".json";
        var wanted = new PartialDownload(source.Text, remote.Bytes, remote.Tag, Sha256);
        // Without a name for this version, only the hash at the end could tell that two versions were joined.
        if (!File.Exists(part) || PartialDownload.Read(facts) != wanted || (remote.Tag is null && Sha256 is null)) File.Delete(part);
        try
        {
            DurableFile.Replace(facts, JsonSerializer.SerializeToUtf8Bytes(wanted, LibraryJson.Default.PartialDownload));
            await using var file = new FileStream(part, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1 << 20);
            file.Seek(0, SeekOrigin.End);
            if (remote.Bytes - file.Length is var missing && new DriveInfo(Path.GetDirectoryName(part)!).AvailableFreeSpace is var free && missing > free)
                return new($"{Path.GetDirectoryName(part)} has {ByteText.Show(free)} free, {ByteText.Show(missing)} are missing: make room (fedai models rm), or use another --data", MayPass: true);
            return await FetchAllAsync(file, wanted, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new($"{exception.Message.TrimEnd('.')}; what has come stays, and the same command goes on there", MayPass: true);
        }
    }

    public void Dispose() => remote.Dispose();

    private async Task<ModelProblem?> FetchAllAsync(FileStream file, PartialDownload wanted, IProgress<long> progress, CancellationToken cancellationToken)
    {
        for (var fruitless = 0; ;)
        {
            var before = file.Length;
            progress.Report(before);
            var problem = before < wanted.Bytes ? await FetchOnAsync(file, wanted, progress, cancellationToken).ConfigureAwait(false) : null;
            if (file.Length == wanted.Bytes)
            {
                file.Flush(flushToDisk: true);
                return null;
            }
            fruitless = file.Length > before ? 0 : fruitless + 1;
            if (problem is { MayPass: false }) return problem;
            if (fruitless > MostFruitless) return new($"{problem?.Text ?? $"{source.Address.Host} breaks off again and again"}; what has come stays, and the same command goes on there", MayPass: true);
            await Task.Delay(ShortestPause * (1 << fruitless), time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>One connection's worth. Null also when it broke: the caller sees how far it came.</summary>
    private async Task<ModelProblem?> FetchOnAsync(FileStream file, PartialDownload wanted, IProgress<long> progress, CancellationToken cancellationToken)
    {
        var (answer, from, problem) = await remote.OpenAsync(file.Length, null, cancellationToken).ConfigureAwait(false);
        if (answer is null) return problem;
        using (answer)
        {
            if (remote.Bytes != wanted.Bytes || remote.Tag != wanted.Tag) return new($"{source.Text} changed during the download; run the same command again");
            if (from != file.Length) file.SetLength(from); // it begins anew
            await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var block = new byte[1 << 18];
            while (file.Length < wanted.Bytes)
            {
                int count;
                try
                {
                    count = await remote.ReadAsync(body, block, cancellationToken).ConfigureAwait(false);
                }
                catch (IOException)
                {
                    break;
                }
                if (count == 0) break;
                await file.WriteAsync(block.AsMemory(0, (int)Math.Min(count, wanted.Bytes - file.Length)), cancellationToken).ConfigureAwait(false);
                progress.Report(file.Length);
            }
            await file.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        return null;
    }

    private async Task<(MemoryStream? Start, ModelProblem? Problem)> ReadStartAsync(int most, CancellationToken cancellationToken)
    {
        var (answer, _, problem) = await remote.OpenAsync(0, most, cancellationToken).ConfigureAwait(false);
        if (answer is null) return (null, problem);
        using (answer)
        {
            var start = new byte[Math.Min(most, remote.Bytes)];
            var filled = 0;
            try
            {
                await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
                while (filled < start.Length && await remote.ReadAsync(body, start.AsMemory(filled), cancellationToken).ConfigureAwait(false) is > 0 and var count) filled += count;
            }
            catch (IOException)
            {
                // judged below
            }
            return filled == start.Length ? (new MemoryStream(start, writable: false), null) : (null, new($"{source.Address.Host} breaks off within the first bytes; try again", MayPass: true));
        }
    }
}
