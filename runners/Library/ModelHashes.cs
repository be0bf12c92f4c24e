using System.Security.Cryptography;

namespace FedAi.Runners.Library;

/// <summary>
/// SHA-256 of model files, read again only when a file changed, so that a start does not read gigabytes. Kept in a file
/// if one is given; it is a memory of what was read, and may be deleted at any time.
/// </summary>
public sealed class ModelHashes(string? file)
{
    private const int BlockBytes = 1 << 20;

    private readonly FileMemory<KnownHash> known = new(file, LibraryJson.Default.DictionaryStringKnownHash);

    /// <summary>The hash, hex; takes a second or so per gigabyte if it is not known, and reports the bytes read. Throws an <see cref="IOException"/> where there is no readable file.</summary>
    public async Task<string> OfAsync(string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path);
        var stamp = FileStamp.Read(path, out var problem) ?? throw new IOException($"{path}: {problem}");
        if (known.Find(path) is { } hash && hash.Stamp == stamp) return hash.Sha256;
        var sha256 = await ReadAsync(path, progress, cancellationToken).ConfigureAwait(false);
        if (FileStamp.Read(path, out _) != stamp) throw new IOException($"{path}: it changed while it was read");
        Remember(path, new KnownHash(stamp, sha256));
        return sha256;
    }

    /// <summary>Keeps the hash of a file as it is now, which the caller knows.</summary>
    internal void Remember(string path, string sha256)
    {
        if (FileStamp.Read(path, out _) is { } stamp) Remember(path, new KnownHash(stamp, sha256));
    }

    /// <summary>Forgets what is known of a file, so that it is read the next time.</summary>
    public void Forget(string path) => known.Forget(Path.GetFullPath(path));

    private void Remember(string path, KnownHash hash) => known.Set(path, hash, isGone: one => !File.Exists(one));

    private static async Task<string> ReadAsync(string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var input = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
        var block = new byte[BlockBytes];
        for (var done = 0L; await input.ReadAsync(block, cancellationToken).ConfigureAwait(false) is > 0 and var count; progress?.Report(done += count))
            hash.AppendData(block, 0, count);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
