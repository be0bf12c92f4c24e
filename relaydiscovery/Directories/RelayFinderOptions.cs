namespace FedAi.RelayDiscovery.Directories;

/// <summary>Where relays are looked for, and which are good enough.</summary>
public sealed record RelayFinderOptions
{
    /// <summary>Relays that the operator names.</summary>
    public IReadOnlyList<Uri> Bootstrap { get; init; } = [];

    /// <summary>Directories to ask over HTTP.</summary>
    public IReadOnlyList<Uri> Directories { get; init; } = [];

    /// <summary>Points that the operator adds to relays or takes from them.</summary>
    public IReadOnlyDictionary<Uri, double> TrustScores { get; init; } = new Dictionary<Uri, double>();

    /// <summary>Relays below this are left out, in points. Default: 1; most have 5.</summary>
    public double MinScore { get; init; } = 1;

    /// <summary>Relays found at most. Default: 25.</summary>
    public int MaxResults { get; init; } = 25;

    /// <summary>Whether relays without encryption count. Default: no.</summary>
    public bool AllowPlain { get; init; }

    /// <summary>How long a relay is remembered that nobody names any more because its directory does not answer. Default: 30 days.</summary>
    public TimeSpan Memory { get; init; } = TimeSpan.FromDays(30);
}
