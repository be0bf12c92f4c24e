namespace FedAi.Daemon.Node;

/// <summary>Which model files this node may load (fedai models).</summary>
internal sealed record ModelsOptions
{
    /// <summary>open: any file that the operator named or put into models/. approved-only: only files whose SHA-256 stands in <see cref="Approved"/>; others are not loaded, and the status says so. Default: open.</summary>
    public ModelPolicy Policy { get; init; }

    /// <summary>SHA-256 of approved files, 64 hex digits each (fedai models list shows them). Default: none. Means something with approved-only.</summary>
    public IReadOnlyList<string> Approved { get; init; } = [];

    /// <summary>The address that hf:OWNER/REPOSITORY/FILE stands for: another hub or a mirror of the same kind. Default: https://huggingface.co.</summary>
    public string Hub { get; init; } = FedAi.Runners.Library.ModelSource.DefaultHub;
}
