namespace FedAi.Daemon.Node;

/// <summary>One of several models of this node.</summary>
internal sealed record ServedModelOptions
{
    /// <summary>The GGUF file, or the name of a model in the data folder's models/ (fedai models list).</summary>
    public string Path { get; init; } = "";

    /// <summary>The name clients ask for. Default: the file's name without .gguf.</summary>
    public string? Id { get; init; }

    /// <summary>As runner.contextTokens, which is the default.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>As runner.slots, which is the default.</summary>
    public int? Slots { get; init; }
}
