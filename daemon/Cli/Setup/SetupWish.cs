using FedAi.Daemon.Capability;

namespace FedAi.Daemon.Cli.Setup;

/// <summary>What the operator said, by flags or in the wizard.</summary>
internal sealed record SetupWish
{
    /// <summary>Exactly these roles; null takes the recommended ones.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>The model to serve, a full path; null takes one that is installed.</summary>
    public string? Model { get; init; }

    public Intent Intent { get; init; }
    public IReadOnlyList<string> Routers { get; init; } = [];

    /// <summary>Whether what is recommended takes the place of what stands in the file (--replace).</summary>
    public bool Replaces { get; init; }

    /// <summary>Any other options, which are written too.</summary>
    public IReadOnlyList<SetupSetting> Others { get; init; } = [];
}
