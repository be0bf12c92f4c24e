using FedAi.Daemon.Store;
using FedAi.Protocol.Nostr;

namespace FedAi.Daemon.Trust;

/// <summary>Where a key's score comes from.</summary>
internal sealed record TrustExplanation
{
    public required Hex32 Key { get; init; }
    public required int Score { get; init; }
    public required PeerStanding Standing { get; init; }
    public required bool IsRoot { get; init; }

    /// <summary>Whether keys below <see cref="MinScore"/> are kept out.</summary>
    public required bool Filters { get; init; }
    public required int MinScore { get; init; }

    /// <summary>The operator's lists that name the key.</summary>
    public required IReadOnlyList<string> Lists { get; init; }

    /// <summary>Points by follows, before anything is taken away.</summary>
    public required double Vouched { get; init; }

    /// <summary>The best ways from a root, best first.</summary>
    public required IReadOnlyList<TrustPath> Paths { get; init; }

    /// <summary>How many more followers there are whose follow counts.</summary>
    public required int MorePaths { get; init; }

    public required double Denied { get; init; }

    public required IReadOnlyList<TrustDenial> Denials { get; init; }

    /// <summary>Points by pinned providers' ranks.</summary>
    public required double Ranked { get; init; }

    public required IReadOnlyList<(Hex32 Provider, int Rank)> Ranks { get; init; }

    public required ExperienceRow? Experience { get; init; }

    public required int ExperiencePercent { get; init; }
}
