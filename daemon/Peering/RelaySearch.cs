using FedAi.RelayDiscovery.Directories;

namespace FedAi.Daemon.Peering;

/// <summary>One search after another for relays: directories, peers and monitors, with what was found last time as the start.</summary>
internal sealed class RelaySearch(RelayFinder finder, RelayHearsay hearsay, RelayMemory memory, RelayOptions options)
{
    private IReadOnlyList<RelayClaim> heard = [];

    /// <summary>The best relays by what is known now.</summary>
    public IReadOnlyList<RankedRelay> Found => finder.Find(heard);

    /// <summary>What each directory said last; none that was not asked yet.</summary>
    public IReadOnlyList<DirectoryAnswer> Answers => finder.Answers;

    /// <summary>Directories that did not answer, and why.</summary>
    public IEnumerable<DirectoryAnswer> Failed => Answers.Where(answer => answer.Problem is not null);

    public void Restore()
    {
        if (memory.Load() is { } earlier) finder.Remember(earlier);
    }

    /// <summary>Asks every directory.</summary>
    public Task AskDirectoriesAsync(CancellationToken stop) => finder.AskAsync(progress: null, stop);

    /// <summary>
    /// Asks the relays that are joined by now, and writes down what directories named. What peers and monitors name is asked for again: written
    /// down, nobody could tell afterwards that no announcement is to go there (DECISIONS E14).
    /// </summary>
    public async Task AskRelaysAsync(CancellationToken stop)
    {
        heard = await hearsay.AskAsync(stop);
        if (Found.Where(relay => RelaySources.IsFromDirectory(relay, options)).ToList() is { Count: > 0 } found) memory.TrySave(finder.Snapshot(found));
    }
}
