namespace FedAi.Daemon.Router;

/// <summary>How much a router writes down of what it decided.</summary>
internal enum AuditMode
{
    /// <summary>No file.</summary>
    Off,

    /// <summary>Starts and ends, nodes that come and fail, and every refusal.</summary>
    Basic,

    /// <summary>Also every job that went well.</summary>
    Verbose,
}
