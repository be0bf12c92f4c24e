using FedAi.Daemon.Trust;
using FedAi.Protocol.Nostr;
using FedAi.RelayDiscovery.Connections;

namespace FedAi.Daemon.Peering;

/// <summary>
/// Fetches the web of trust through the relays, a router's own among them, one step from the roots after the other, and has the scores made anew when something
/// changed. What it fetched is in the store, so a start without relays knows it already.
/// </summary>
internal sealed partial class TrustService(RelayPool pool, WebOfTrust web, KnownPeers peers, TimeProvider time, ILogger<TrustService> logger, RelayHub? hub = null) : BackgroundService
{
    /// <summary>How often it looks whether something changed, and so the shortest time between two scorings.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>How often it looks for a first relay, while none was asked: directories and routers may name one any moment.</summary>
    public static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(1);

    /// <summary>How long strangers are kept out because nobody told whom the named roots follow. Then they are heard, for one of them may serve the only relay.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    /// <summary>Follow lists change rarely, and a relay's bandwidth is another's: all of them are asked for again after this long.</summary>
    private static readonly TimeSpan FetchInterval = TimeSpan.FromMinutes(30);

    /// <summary>Authors per subscription: both lists of all of them are below the 500 events that relays give, and the filter is about 14 KB.</summary>
    private const int AuthorsAtOnce = 200;

    /// <summary>Authors asked for in all: a relay answers some hundred a second.</summary>
    private const int MaxAuthors = 10_000;

    private const int StoredEvents = 500;

    /// <summary>How long all relays together may take for one subscription.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HashSet<Hex32> asked = [];
    private readonly HashSet<Hex32> askedAbout = [];

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        web.Restore();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await web.KeepExperienceAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A root's own words are heard at once; everybody else's with the next fetch.
        if (hub is not null) hub.Accepted += accepted => web.Take(accepted);
        await using var roots = await pool.SubscribeAsync(Statements(web.Roots), stoppingToken, TrustStatements.Lists);
        long? fetched = null;
        var started = time.GetTimestamp();
        while (true)
        {
            var experienced = await web.KeepExperienceAsync();
            while (roots.Events.TryRead(out var received)) web.Take(received.Event);
            if (fetched is not null) await AskRanksAsync(stoppingToken);
            if (fetched is not { } last || time.GetElapsedTime(last) >= FetchInterval)
            {
                asked.Clear();
                askedAbout.Clear();
                var asking = pool.Status.Select(relay => relay.Relay).ToHashSet();
                // Their newest, for peers that nobody here knows yet: without a rank they may not even be heard.
                foreach (var provider in web.Providers) await TakeAsync([Ranks(provider)], stoppingToken);
                await AskRanksAsync(stoppingToken);
                await FetchAsync(stoppingToken);
                // Without a relay nothing was asked, so it is tried again soon; one that came meanwhile was not asked either.
                if (pool.Status.Any(relay => relay.State is RelayState.Connected && asking.Contains(relay.Relay))) fetched = time.GetTimestamp();
            }
            else if (web.HasNews)
            {
                await FetchAsync(stoppingToken);
            }
            else if (experienced)
            {
                web.Publish();
            }

            if (fetched is not null) web.EndWait();
            else if (time.GetElapsedTime(started) >= LongestWait && web.EndWait()) LogNobodyAsked();
            await PauseAsync(forRelay: fetched is null, stoppingToken);
        }
    }

    /// <summary>Until the next look; at the first relay when none was asked yet.</summary>
    private async Task PauseAsync(bool forRelay, CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var pause = Task.Delay(Pause, time, ending.Token);
        await Task.WhenAny(pause, forRelay ? ConnectedAsync(ending.Token) : pause);
        await ending.CancelAsync();
        stop.ThrowIfCancellationRequested();
    }

    private async Task ConnectedAsync(CancellationToken stop)
    {
        do await Task.Delay(FirstLook, time, stop);
        while (!pool.Status.Any(relay => relay.State is RelayState.Connected));
    }

    /// <summary>Asks for the words of everybody whose words count and who was not asked lately; each step may bring more of them.</summary>
    private async Task FetchAsync(CancellationToken stop)
    {
        var taken = 0;
        web.Recompute();
        while (web.Authors.Where(author => !asked.Contains(author)).Take(MaxAuthors - asked.Count).ToList() is { Count: > 0 } step)
        {
            foreach (var authors in step.Chunk(AuthorsAtOnce)) taken += await TakeAsync(Statements(authors), stop);
            asked.UnionWith(step);
            web.Recompute();
        }

        // Not before: a key that is reached by the second step must not look untrusted after the first.
        web.Publish();
        if (taken > 0) LogFetched(taken, asked.Count);
    }

    /// <summary>Asks the providers about the peers that are known and were not asked about lately: a provider may rank millions, and a relay gives only its newest.</summary>
    private async Task AskRanksAsync(CancellationToken stop)
    {
        if (web.Providers.Count == 0) return;
        var subjects = peers.Keys.Where(key => !askedAbout.Contains(key)).Take(MaxAuthors - askedAbout.Count).ToList();
        foreach (var some in subjects.Chunk(AuthorsAtOnce))
            foreach (var provider in web.Providers) await TakeAsync([Ranks(provider, some)], stop);
        askedAbout.UnionWith(subjects);
    }

    private async Task<int> TakeAsync(IReadOnlyList<NostrFilter> filters, CancellationToken stop)
    {
        var taken = 0;
        await using var subscription = await pool.SubscribeAsync(filters, stop, TrustStatements.Lists);
        await foreach (var received in subscription.ReadStoredAsync(Patience, stop))
            if (web.Take(received.Event)) taken++;
        return taken + (hub?.Find(filters).Count(web.Take) ?? 0);
    }

    private static IReadOnlyList<NostrFilter> Statements(IReadOnlyList<Hex32> authors)
    {
        var by = new HashSet<Hex32>(authors);
        // Reports by themselves: an author has many of them, and they must not crowd out the lists.
        return
        [
            new NostrFilter { Authors = by, Kinds = TrustStatements.Lists, Limit = StoredEvents },
            new NostrFilter { Authors = by, Kinds = new HashSet<int> { NostrKinds.Report }, Limit = StoredEvents },
        ];
    }

    private static NostrFilter Ranks(Hex32 provider, IReadOnlyList<Hex32>? subjects = null) => new()
    {
        Authors = new HashSet<Hex32> { provider },
        Kinds = new HashSet<int> { NostrKinds.Assertion },
        Tags = subjects is null ? null : new Dictionary<string, IReadOnlySet<string>> { ["d"] = subjects.Select(key => key.ToString()).ToHashSet(StringComparer.Ordinal) },
        Limit = StoredEvents,
    };

    [LoggerMessage(LogLevel.Information, "web of trust: {Statements} new statements of {Authors} keys asked")]
    private partial void LogFetched(int statements, int authors);

    [LoggerMessage(LogLevel.Warning, "web of trust: no relay answered, so whom the roots of filter.wot.roots follow is unknown, and strangers are heard. fedai doctor says what is wrong with the relays")]
    private partial void LogNobodyAsked();
}
