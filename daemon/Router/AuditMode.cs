namespace FedAi.Daemon.Router;

/// <summary>How much a router writes down of what it decided.</summary>
internal enum AuditMode
{
    /// <summary>No file.</summary>
    Off,

    /// <summary>Starts and ends, nodes that come and fail, jobs that fail, and who was refused a job, a registration or a manifest; where the key is not proven, or there are too many, how many were.</summary>
    Basic,

    /// <summary>Also every job that went well.</summary>
    Verbose,
}
