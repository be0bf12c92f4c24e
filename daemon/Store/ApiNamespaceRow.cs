namespace FedAi.Daemon.Store;

/// <summary>How many tokens all keys of a namespace may use together in a period.</summary>
internal sealed record ApiNamespaceRow(string Name, long Tokens, QuotaPeriod Period)
{
    /// <summary>Under which its use is counted; no key has such an id.</summary>
    public static string UsageId(string name) => $"namespace/{name}";
}
