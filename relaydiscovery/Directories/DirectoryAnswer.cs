namespace FedAi.RelayDiscovery.Directories;

/// <summary>What came of asking one directory: its claims, or why there are none.</summary>
public sealed record DirectoryAnswer(Uri Directory, IReadOnlyList<RelayClaim> Claims, string? Problem = null);
