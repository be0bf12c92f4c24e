namespace FedAi.Daemon.Store;

/// <summary>What a finished write has outlived.</summary>
internal enum Durability
{
    /// <summary>Committed to the log: survives <c>kill -9</c>, not a loss of power. No fsync of its own.</summary>
    Normal,

    /// <summary>Synced to the disk: survives a loss of power. Everyone who waits shares one fsync.</summary>
    Full,
}
