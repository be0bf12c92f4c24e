using FedAi.Protocol.Messages;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Peering;

/// <summary>What is known of one router, each part from the newest event about it; parts may come in any order. For its directory, which locks.</summary>
internal sealed class RouterEntry
{
    private readonly Dictionary<RouterJobType, (RouterPrice? Price, HeardIn In)> prices = [];
    private KnownRouter? said;
    private HeardIn saidIn;
    private (LoadSummary? Load, HeardIn In, long UntilMs) status;

    /// <summary>Until when something in here holds; after that its place may be taken.</summary>
    public long KeptUntilMs { get; private set; }

    /// <summary>Until when its load is known as <see cref="Router"/> says it now.</summary>
    public long LoadUntilMs(long nowMs) => status.Load is not null && status.UntilMs > nowMs ? status.UntilMs : long.MaxValue;

    /// <summary>The router, once it has announced itself and while that holds.</summary>
    public KnownRouter? Router(long nowMs) => said?.ExpiresAtMs > nowMs ? said with
    {
        // Ours tell their load in the status only; others also in the announcement, and then the later word counts.
        Load = said.Profile.LoadSummary is { } load && said.CreatedAt > status.In.CreatedAt ? load : status.UntilMs > nowMs ? status.Load : null,
        Prices = prices.Values.Select(known => known.Price).OfType<RouterPrice>().ToDictionary(price => price.Sheet.JobType),
    } : null;

    public void KeepUntil(long untilMs) => KeptUntilMs = Math.Max(KeptUntilMs, untilMs);

    public bool Take(KnownRouter router, HeardIn heard)
    {
        if (saidIn.CreatedAt >= heard.CreatedAt) return false;
        (said, saidIn) = (router, heard);
        return true;
    }

    public bool Take(LoadSummary load, HeardIn heard, long untilMs)
    {
        if (status.In.CreatedAt >= heard.CreatedAt) return false;
        status = (load, heard, untilMs);
        return true;
    }

    public bool Take(RouterPrice price, HeardIn heard)
    {
        if (prices.GetValueOrDefault(price.Sheet.JobType).In.CreatedAt >= heard.CreatedAt) return false;
        prices[price.Sheet.JobType] = (price, heard);
        return true;
    }

    /// <summary>Takes back what the request covers; its time stays, so that no old copy brings it back.</summary>
    public bool Delete(NostrDeletion deletion)
    {
        var found = false;
        if (saidIn.IsCoveredBy(deletion)) (found, said, saidIn) = (true, null, After(saidIn, deletion));
        if (status.In.IsCoveredBy(deletion)) (found, status) = (true, (null, After(status.In, deletion), 0));
        foreach (var (type, known) in prices.Where(known => known.Value.In.IsCoveredBy(deletion)).ToList())
            (found, prices[type]) = (true, (null, After(known.In, deletion)));
        return found;
    }

    /// <summary>A request for an address covers everything up to its time, one for an id only that event.</summary>
    private static HeardIn After(HeardIn gone, NostrDeletion deletion) =>
        deletion.Covers(gone.Kind, gone.Address, gone.CreatedAt) ? gone with { CreatedAt = deletion.CreatedAt } : gone;
}
