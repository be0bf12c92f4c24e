using System.Globalization;

namespace FedAi.Daemon.Router;

/// <summary>
/// <c>audit.jsonl</c> and what it was before: audit.1.jsonl to audit.3.jsonl. When the newest is full the oldest goes, so all together never take
/// more than four times its size. Only its owner may read it. Nothing is opened before the first line.
/// </summary>
internal sealed class AuditFile(string folder, long maxBytes = AuditFile.MaxBytes) : IDisposable
{
    public const string Name = "audit.jsonl";

    /// <summary>About a hundred thousand lines.</summary>
    private const long MaxBytes = 16 << 20;

    private const int Older = 3;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private FileStream? open;

    /// <summary>Adds whole lines; an <see cref="IOException"/> when the disk does not take them, and the next call tries anew.</summary>
    public void Append(ReadOnlySpan<byte> lines)
    {
        try
        {
            if (open is { } full && full.Length > 0 && full.Length + lines.Length > maxBytes) Rotate();
            (open ??= Open()).Write(lines);
            open.Flush();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Close();
            throw;
        }
    }

    public void Dispose() => Close();

    private void Rotate()
    {
        Close();
        for (var age = Older; age > 0; age--)
            if (File.Exists(PathOf(age - 1))) File.Move(PathOf(age - 1), PathOf(age), overwrite: true);
    }

    private FileStream Open()
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.Read | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return new FileStream(PathOf(0), options);
    }

    private void Close()
    {
        open?.Dispose();
        open = null;
    }

    private string PathOf(int age) => Path.Combine(folder, age == 0 ? Name : string.Create(CultureInfo.InvariantCulture, $"audit.{age}.jsonl"));
}
