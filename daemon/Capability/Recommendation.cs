namespace FedAi.Daemon.Capability;

/// <summary>What a machine is good for. NodeProfiles never names a router: that verdict stands by itself, and says no more than capable or should not run.</summary>
internal sealed record Recommendation
{
    public required Intent Intent { get; init; }
    public required IReadOnlyList<RoleAdvice> NodeProfiles { get; init; }

    /// <summary>Roles that a gate keeps out, with every reason; an operator may override with a warning.</summary>
    public required IReadOnlyList<RoleRefusal> NotRecommended { get; init; }
    public required NodeDefaults Defaults { get; init; }
    public required RouterVerdict RouterEligibility { get; init; }

    /// <summary>Null where nobody's price or no speed is known.</summary>
    public Earnings? Earnings { get; init; }
}
