using FedAi.Protocol.Messages;

namespace FedAi.RelayDiscovery.Directories;

/// <summary>
/// Finds relays: bootstrap relays, directories, and whatever else the caller heard of, ranked. What an earlier search found stands in
/// while directories do not answer. For one thread.
/// </summary>
public sealed class RelayFinder(RelayFinderOptions options, DirectoryClient directories, TimeProvider clock)
{
    private IReadOnlyList<DirectoryAnswer> answers = [];
    private IReadOnlyList<RelayDescriptor> memory = [];

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What each directory said last.</summary>
    public IReadOnlyList<DirectoryAnswer> Answers => answers;

    /// <summary>Takes what an earlier search found, as <see cref="Snapshot"/> wrote it.</summary>
    public void Remember(RelayDiscoverySnapshot earlier) =>
        memory = [.. earlier.Relays.Where(relay => relay.LastSeenMs >= NowMs - options.Memory.TotalMilliseconds)];

    /// <summary>Asks all directories; false when one of them failed.</summary>
    public async Task<bool> AskAsync(IProgress<DirectoryAnswer>? progress, CancellationToken stop)
    {
        answers = await directories.AskAsync(options.Directories, progress, stop);
        return answers.All(answer => answer.Problem is null);
    }

    /// <summary>The best relays by what is known now.</summary>
    /// <param name="heard">Relays that peers and monitors name.</param>
    public IReadOnlyList<RankedRelay> Find(IEnumerable<RelayClaim> heard)
    {
        var claims = options.Bootstrap.Select(relay => new RelayClaim(relay, "bootstrap")).Concat(answers.SelectMany(answer => answer.Claims)).Concat(heard);
        // Only while somebody does not answer: a directory that answers may have dropped a relay for a reason.
        var remembered = answers.Count == options.Directories.Count && answers.All(answer => answer.Problem is null) ? [] : memory;
        var ranked = RelayScoring.Rank(claims.Where(claim => IsAllowed(claim.Url)), options.TrustScores, remembered.Where(IsAllowed), NowMs);
        return RelayScoring.Best(ranked, options.MinScore, options.MaxResults);
    }

    /// <summary>The same for the manifest (WIRE 3.10), and to remember.</summary>
    public RelayDiscoverySnapshot Snapshot(IReadOnlyList<RankedRelay> found) => new()
    {
        DiscoveredAtMs = NowMs,
        Relays = [.. found.Select(relay => relay.Descriptor)],
        Options = new RelayDiscoveryOptions
        {
            BootstrapRelays = [.. options.Bootstrap.Select(relay => relay.AbsoluteUri)],
            AggregatorUrls = [.. options.Directories.Select(directory => directory.AbsoluteUri)],
            TrustScores = options.TrustScores.ToDictionary(pair => pair.Key.AbsoluteUri, pair => pair.Value),
            MinScore = options.MinScore,
            MaxResults = options.MaxResults,
        },
    };

    private bool IsAllowed(Uri relay) => options.AllowPlain || RelayUrl.IsPrivate(relay);

    private bool IsAllowed(RelayDescriptor relay) => RelayUrl.TryNormalize(relay.Url, out var url) && IsAllowed(url);
}
