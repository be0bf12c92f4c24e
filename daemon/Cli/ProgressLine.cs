using FedAi.RelayDiscovery.Directories;

namespace FedAi.Daemon.Cli;

/// <summary>One line on standard error that tells a person how far a search is; nothing where nobody looks on.</summary>
internal sealed class ProgressLine(string what, int all) : IProgress<DirectoryAnswer>, IDisposable
{
    private readonly bool isWatched = !Console.IsErrorRedirected && all > 0;
    private int done;

    public void Report(DirectoryAnswer value) => Show(Interlocked.Increment(ref done));

    public void Show(int count)
    {
        if (isWatched) Console.Error.Write($"\r{what}: {count} of {all} ");
    }

    /// <summary>Takes the line away.</summary>
    public void Dispose()
    {
        if (isWatched) Console.Error.Write("\r" + new string(' ', what.Length + 24) + "\r");
    }
}
